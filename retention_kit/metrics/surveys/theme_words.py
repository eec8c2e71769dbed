"""The words by which a theme of a comment is known: per language, per theme. Data; a client's own may replace it.

An entry is a word or several, in any case; a star stands for any ending: `deliver*` finds delivery and delivered. As
TOML the same table reads `[pl]`, `price = ["cena", "ceny", "drogo"]`, ..., and what tomllib makes of it is taken as is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Dictionary: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""language -> theme -> entries."""


def _themes(text: str) -> dict[str, tuple[str, ...]]:
    """A line per theme, `theme: entry, entry, ...`; an indented line continues the one before."""
    lines = re.sub(r"\n +", " ", text).strip().splitlines()
    named = (line.split(": ", maxsplit=1) for line in lines)
    return {theme: tuple(entries.split(", ")) for theme, entries in named}


ENGLISH = _themes("""
price: price*, pricing, pricey, expensive, cheap*, cost, costs, costly, overpriced, discount*, fee, fees,
    value for money
delivery: deliver*, shipping, shipped, shipment*, courier*, parcel*, package*, dispatch*, arrived, late, delay*, on time
quality: quality, broken, broke, defect*, damaged, faulty, flimsy, durable, poorly made, well made
support: support, customer service, customer care, helpdesk, help desk, hotline, operator*, consultant*, call cent*,
    staff, rude, polite, chat
app: app, apps, application*, website*, site, login, log in, interface, bug, bugs, crash*, checkout
returns: return, returns, returned, refund*, exchange*, money back, complaint*, warranty
loyalty: loyalty, points, bonus*, cashback, reward*, club card, coupon*, promo code*
assortment: assortment, choice, selection, range, variety, stock, out of stock, unavailable, not available
""")

RUSSIAN = _themes("""
price: цена, цены, цене, цену, ценой, цен, ценам, ценами, ценах, ценник*, дорого, дороже, дороговат*, дешев*, стоимост*,
    скидк*, переплат*, прайс*
delivery: доставк*, доставил*, доставля*, курьер*, посылк*, отправк*, отправил*, пункт выдачи, пункте выдачи, почта,
    почтой, почты, опозда*, задерж*
quality: качеств*, брак, брака, браком, бракован*, сломал*, дефект*, поврежд*, порва*, материал*
support: поддержк*, оператор*, консультант*, менеджер*, сервис*, обслуживан*, хамств*, вежлив*, колл центр*, чат, чате,
    сотрудник*, горячая линия, горячую линию
app: приложени*, сайт*, интерфейс*, логин*, глюч*, глюк*, вылета*, зависа*, виснет, личный кабинет, личном кабинете
returns: возврат*, вернуть, вернули, обмен*, гаранти*, рекламац*, деньги назад
loyalty: балл, баллы, баллов, баллами, бонус*, кэшбек*, кэшбэк*, кешбек*, кешбэк*, лояльност*, карта клуба,
    клубная карта, купон*, промокод*
assortment: ассортимент*, выбор, выбора, выбором, наличи*, разнообраз*, размерн*, нет размера
""")

UKRAINIAN = _themes("""
price: ціна, ціни, ціні, ціну, ціною, цін, цінам, цінами, цінах, цінник*, дорого, дорожч*, дорогуват*, дешев*, вартіст*,
    вартост*, знижк*, переплат*
delivery: доставк*, доставил*, доставля*, кур'єр*, посилк*, відправк*, відправил*, нова пошта, нової пошти,
    новою поштою, пошта, пошти, поштою, поштомат*, запізн*, затрим*
quality: якіст*, якіс*, якост*, бракован*, зламал*, дефект*, пошкодж*, порва*, матеріал*
support: підтримк*, оператор*, консультант*, менеджер*, сервіс*, обслуговуван*, хамств*, ввічлив*, кол центр*, чат,
    чаті, працівник*, гаряча лінія, гарячу лінію
app: застосун*, додаток, додатку, додатком, сайт*, інтерфейс*, логін*, глюч*, вилітає, зависа*, особистий кабінет,
    особистому кабінеті
returns: повернення, поверненн*, повернути, повернули, обмін*, гаранті*, рекламац*, гроші назад
loyalty: бал, бали, балів, балами, бонус*, кешбек*, лояльност*, лояльніст*, картка клубу, клубна картка, купон*,
    промокод*
assortment: асортимент*, вибір, вибору, вибором, наявніст*, наявност*, різноманіт*, немає розміру
""")

POLISH = _themes("""
price: cena, ceny, cenę, ceną, cenie, cen, cenami, cenach, cenow*, drogo, drożej, droższ*, tanio, taniej, tani, tania,
    tanie, tańsz*, koszt*, rabat*, zniżk*, promocj*, przepłac*
delivery: dostaw*, dostarcz*, kurier*, przesył*, paczk*, paczkomat*, wysył*, doręcz*, opóźni*, spóźni*, na czas
quality: jakość, jakości, jakością, jakościow*, wada, wady, wadliw*, zepsu*, popsu*, uszkodz*, trwałość, nietrwał*
support: obsług*, konsultant*, infolini*, wsparci*, pracowni*, uprzejm*, niemił*, czat, czacie, pomoc techniczn*
app: aplikacj*, apka, apki, apkę, apce, strona, strony, stronie, stronę, witryn*, interfejs*, logowani*, zalogow*,
    zawiesza*
returns: zwrot*, zwroc*, zwróc*, reklamac*, reklamow*, wymian*, wymieni*, gwarancj*, oddać
loyalty: punkty, punktów, punktami, bonus*, cashback, lojalnościow*, karta klubowa, karty klubowej, kupon*, kod rabatow*
assortment: asortyment*, wybór, wyboru, wyborem, oferta, oferty, ofertę, ofercie, dostępnoś*, niedostępn*, różnorodn*
""")

DICTIONARY: Dictionary = {"en": ENGLISH, "ru": RUSSIAN, "uk": UKRAINIAN, "pl": POLISH}
