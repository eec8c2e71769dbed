"""The words by which a theme of a comment is known: per language, per theme. Data; a client's own may replace it.

An entry is a word or several, in any case; a star stands for any ending: `deliver*` finds delivery and delivered. As
TOML the same table reads `[pl]`, `price = ["cena", "ceny", "drogo"]`, ..., and what tomllib makes of it is taken as is.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Dictionary: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""language -> theme -> entries."""


def _entries(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(","))


ENGLISH = {
    "price": _entries(
        "price*, pricing, pricey, expensive, cheap*, cost, costs, costly, overpriced, discount*, fee, fees, value "
        "for money"
    ),
    "delivery": _entries(
        "deliver*, shipping, shipped, shipment*, courier*, parcel*, package*, dispatch*, arrived, late, delay*, on time"
    ),
    "quality": _entries("quality, broken, broke, defect*, damaged, faulty, flimsy, durable, poorly made, well made"),
    "support": _entries(
        "support, customer service, customer care, helpdesk, help desk, hotline, operator*, consultant*, call "
        "cent*, staff, rude, polite, chat"
    ),
    "app": _entries("app, apps, application*, website*, site, login, log in, interface, bug, bugs, crash*, checkout"),
    "returns": _entries("return, returns, returned, refund*, exchange*, money back, complaint*, warranty"),
    "loyalty": _entries("loyalty, points, bonus*, cashback, reward*, club card, coupon*, promo code*"),
    "assortment": _entries(
        "assortment, choice, selection, range, variety, stock, out of stock, unavailable, not available"
    ),
}

RUSSIAN = {
    "price": _entries(
        "цена, цены, цене, цену, ценой, цен, ценам, ценами, ценах, ценник*, дорого, дороже, дороговат*, дешев*, "
        "стоимост*, скидк*, переплат*, прайс*"
    ),
    "delivery": _entries(
        "доставк*, доставил*, доставля*, курьер*, посылк*, отправк*, отправил*, пункт выдачи, пункте выдачи, "
        "почта, почтой, почты, опозда*, задерж*"
    ),
    "quality": _entries("качеств*, брак, брака, браком, бракован*, сломал*, дефект*, поврежд*, порва*, материал*"),
    "support": _entries(
        "поддержк*, оператор*, консультант*, менеджер*, сервис*, обслуживан*, хамств*, вежлив*, колл центр*, чат, "
        "чате, сотрудник*, горячая линия, горячую линию"
    ),
    "app": _entries(
        "приложени*, сайт*, интерфейс*, логин*, глюч*, глюк*, вылета*, зависа*, виснет, личный кабинет, личном кабинете"
    ),
    "returns": _entries("возврат*, вернуть, вернули, обмен*, гаранти*, рекламац*, деньги назад"),
    "loyalty": _entries(
        "балл, баллы, баллов, баллами, бонус*, кэшбек*, кэшбэк*, кешбек*, кешбэк*, лояльност*, карта клуба, "
        "клубная карта, купон*, промокод*"
    ),
    "assortment": _entries("ассортимент*, выбор, выбора, выбором, наличи*, разнообраз*, размерн*, нет размера"),
}

UKRAINIAN = {
    "price": _entries(
        "ціна, ціни, ціні, ціну, ціною, цін, цінам, цінами, цінах, цінник*, дорого, дорожч*, дорогуват*, дешев*, "
        "вартіст*, вартост*, знижк*, переплат*"
    ),
    "delivery": _entries(
        "доставк*, доставил*, доставля*, кур'єр*, посилк*, відправк*, відправил*, нова пошта, нової пошти, новою "
        "поштою, пошта, пошти, поштою, поштомат*, запізн*, затрим*"
    ),
    "quality": _entries("якіст*, якіс*, якост*, бракован*, зламал*, дефект*, пошкодж*, порва*, матеріал*"),
    "support": _entries(
        "підтримк*, оператор*, консультант*, менеджер*, сервіс*, обслуговуван*, хамств*, ввічлив*, кол центр*, "
        "чат, чаті, працівник*, гаряча лінія, гарячу лінію"
    ),
    "app": _entries(
        "застосун*, додаток, додатку, додатком, сайт*, інтерфейс*, логін*, глюч*, вилітає, зависа*, особистий "
        "кабінет, особистому кабінеті"
    ),
    "returns": _entries("повернення, поверненн*, повернути, повернули, обмін*, гаранті*, рекламац*, гроші назад"),
    "loyalty": _entries(
        "бал, бали, балів, балами, бонус*, кешбек*, лояльност*, лояльніст*, картка клубу, клубна картка, купон*, "
        "промокод*"
    ),
    "assortment": _entries("асортимент*, вибір, вибору, вибором, наявніст*, наявност*, різноманіт*, немає розміру"),
}

POLISH = {
    "price": _entries(
        "cena, ceny, cenę, ceną, cenie, cen, cenami, cenach, cenow*, drogo, drożej, droższ*, tanio, taniej, tani, "
        "tania, tanie, tańsz*, koszt*, rabat*, zniżk*, promocj*, przepłac*"
    ),
    "delivery": _entries(
        "dostaw*, dostarcz*, kurier*, przesył*, paczk*, paczkomat*, wysył*, doręcz*, opóźni*, spóźni*, na czas"
    ),
    "quality": _entries(
        "jakość, jakości, jakością, jakościow*, wada, wady, wadliw*, zepsu*, popsu*, uszkodz*, trwałość, nietrwał*"
    ),
    "support": _entries(
        "obsług*, konsultant*, infolini*, wsparci*, pracowni*, uprzejm*, niemił*, czat, czacie, pomoc techniczn*"
    ),
    "app": _entries(
        "aplikacj*, apka, apki, apkę, apce, strona, strony, stronie, stronę, witryn*, interfejs*, logowani*, "
        "zalogow*, zawiesza*"
    ),
    "returns": _entries("zwrot*, zwroc*, zwróc*, reklamac*, reklamow*, wymian*, wymieni*, gwarancj*, oddać"),
    "loyalty": _entries(
        "punkty, punktów, punktami, bonus*, cashback, lojalnościow*, karta klubowa, karty klubowej, kupon*, kod "
        "rabatow*"
    ),
    "assortment": _entries(
        "asortyment*, wybór, wyboru, wyborem, oferta, oferty, ofertę, ofercie, dostępnoś*, niedostępn*, różnorodn*"
    ),
}

DICTIONARY: Dictionary = {"en": ENGLISH, "ru": RUSSIAN, "uk": UKRAINIAN, "pl": POLISH}
