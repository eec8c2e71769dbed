"""Themes of comments by hand, in four languages, and what must not be shown of a comment."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_kit.errors import InvalidTable
from retention_kit.metrics.surveys.answers import one_answer_each
from retention_kit.metrics.surveys.comments import DICTIONARY, comment_themes, quotes
from retention_kit.metrics.surveys.themes import THEME_COLUMNS, cohens_kappa, nps_themes
from retention_kit.personal_data import without_personal_data

SENTENCES = {
    "en": {
        "price": "Far too expensive for what it is",
        "delivery": "The courier came two days after",
        "quality": "It broke after a week",
        "support": "Customer service never answered",
        "app": "Your app crashes all the time",
        "returns": "I am still waiting for my refund",
        "loyalty": "Where are my points?",
        "assortment": "A wonderful selection",
    },
    "pl": {
        "price": "Za drogo",
        "delivery": "Paczka dotarła po tygodniu",
        "quality": "Słaba jakość materiału",
        "support": "Obsługa bardzo miła",
        "app": "Aplikacja się zawiesza",
        "returns": "Czekam na zwrot pieniędzy",
        "loyalty": "Gdzie są moje punkty",
        "assortment": "Mały wybór rozmiarów",
    },
    "ru": {
        "price": "Слишком дорого",
        "delivery": "Долгая доставка",
        "quality": "Товар бракованный",
        "support": "Оператор нагрубил",
        "app": "Приложение глючит",
        "returns": "Не могу оформить возврат",
        "loyalty": "Куда делись баллы",
        "assortment": "Богатый ассортимент",
    },
    "uk": {
        "price": "Завелика ціна",
        "delivery": "Кур’єр запізнився",
        "quality": "Погана якість",
        "support": "Підтримка не відповідає",
        "app": "Застосунок вилітає",
        "returns": "Повернення тривало місяць",
        "loyalty": "Кешбек не нарахували",
        "assortment": "Малий вибір",
    },
}
SAID = [(lang, theme, text) for lang, themes in SENTENCES.items() for theme, text in themes.items()]


def comments_of(*texts, lang=None, score=9, **columns):
    return pd.DataFrame({"comment": list(texts), "lang": lang, "score": score, **columns})


def themes_in(text, lang=None, **options):
    found = comment_themes(comments_of(text, lang=lang), **options).drop(columns=["response_id", "lang", "score"])
    return [theme for theme in found if found[theme].item()]


def n13():
    texts = ["The price"] * 8 + ["Nothing to say"] * 12
    scores = [9] + [3] * 6 + [7] + [9] * 12
    return pd.DataFrame({"comment": texts, "score": scores, "lang": "en"})


def theme_row(found, theme="price"):
    return found.set_index("theme").loc[theme]


# By hand


def test_price_in_eight_of_twenty_comments():  # N13
    found = theme_row(nps_themes(n13()))
    assert found[["n", "n_comments", "share", "nps"]].tolist() == [8, 20, 0.4, -62.5]
    assert found[["low", "high"]].astype(float).round(4).tolist() == [0.2188, 0.6134]
    assert found[["status", "flags"]].tolist() == ["ok", "experimental small_n"]


def test_the_nps_of_a_theme_has_the_error_and_the_interval_of_any_nps():  # N01
    scores = [10, 10, 9, 9, 8, 7, 6, 3, 0, 10]
    found = theme_row(nps_themes(pd.DataFrame({"comment": "The price", "score": scores})))
    assert found[["nps", "se", "nps_low", "nps_high"]].astype(float).round(2).tolist() == [20, 27.57, -30.33, 61.1]


def test_comments_of_no_theme_are_counted_beside_the_themes():
    assert theme_row(nps_themes(n13()), "(no theme)")[["n", "share", "nps", "flags"]].tolist() == [
        12, 0.6, 100, "small_n",
    ]  # fmt: skip


@pytest.mark.parametrize(("n", "status"), [(4, "suppressed"), (5, "ok")])
def test_a_theme_of_four_comments_is_not_shown(n, status):
    answers = comments_of(*["Too expensive"] * n, *["Nothing"] * 10, may_quote=True)
    found = theme_row(nps_themes(answers))
    assert (found.n, found.status, pd.isna(found.share)) == (n, status, status == "suppressed")
    assert len(quotes(answers, theme="price")) == (status == "ok")


@pytest.mark.parametrize(("kappa", "flags"), [(0.59, "experimental"), (0.6, "")])
@pytest.mark.parametrize(("n", "small"), [(29, "small_n"), (30, "")])
def test_a_theme_is_experimental_until_readers_agree(kappa, flags, n, small):
    found = theme_row(nps_themes(comments_of(*["The price"] * n), agreement={"price": kappa}))
    assert found["flags"] == " ".join(filter(None, [flags, small]))


def test_every_answer_of_a_customer_counts_unless_one_of_each_is_given():
    answers = comments_of(*["The price"] * 7, customer_id=[*"abcdef", "a"], score=[9] * 6 + [0])
    answers = answers.assign(answered_on=pd.to_datetime(["2024-05-01"] * 6 + ["2024-05-02"]))
    assert theme_row(nps_themes(answers)).n == 7
    assert theme_row(nps_themes(one_answer_each(answers)))[["n", "nps"]].tolist() == [6, pytest.approx(400 / 6)]


def test_a_table_of_themes_has_its_columns_whatever_was_written():
    for answers in (n13(), comments_of("  ", None)):
        assert list(nps_themes(answers)) == THEME_COLUMNS


def test_nobody_wrote_anything():
    answers = comments_of("  ", None)
    assert set(nps_themes(answers).status) == {"no_responses"}
    assert comment_themes(answers).empty


@pytest.mark.parametrize(("lang", "theme", "text"), SAID)
def test_each_language_has_words_for_each_theme(lang, theme, text):
    assert theme in themes_in(text, lang)
    assert theme in themes_in(text.upper(), f"{lang.upper()}-XX")


@pytest.mark.parametrize("lang", [None, "", "de", "und"])
def test_a_comment_of_no_known_language_is_looked_at_with_the_words_of_all(lang):
    assert themes_in("Za drogo", lang) == ["price"]
    assert themes_in("Za drogo", "en") == []


def test_a_comment_may_have_several_themes():
    assert themes_in("Droga dostawa, za wysoka cena", "pl") == ["price", "delivery"]


@pytest.mark.parametrize(
    ("text", "is_found"), [("app", True), ("my app!", True), ("happy", False), ("appreciated", False), ("Äpp", False)]
)
def test_a_word_is_a_whole_word(text, is_found):
    assert ("app" in themes_in(text, "en")) == is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("оценка", False), ("Цена", True), ("НАЦЕНКА", False), ("дешёвый", True), ("дешевый", True), ("недорого", False)],
)
def test_a_cyrillic_word_is_a_whole_word_and_yo_is_ye(text, is_found):
    assert ("price" in themes_in(text, "ru")) == is_found


@pytest.mark.parametrize("text", ["кур'єр", "кур’єр", "курʼєр", "КУР`ЄР"])
def test_any_apostrophe_is_one(text):
    assert themes_in(text, "uk") == ["delivery"]


@pytest.mark.parametrize("text", ["колл-центр", "колл центр", "колл‑центра"])
def test_words_may_be_joined_by_a_hyphen(text):
    assert themes_in(text, "ru") == ["support"]


def test_a_client_brings_a_dictionary():
    own = {"pl": {"kwiaty": ["róż*", "tulipan"]}, "en": {"cakes": ["cake?"]}}
    assert themes_in("Różowe róże", "pl", dictionary=own) == ["kwiaty"]
    assert themes_in("tulipany", "pl", dictionary=own) == []
    assert themes_in("a cake? yes", "en", dictionary=own) == ["cakes"]  # a dot, a question mark stand for themselves
    assert list(nps_themes(comments_of("tulipan"), dictionary=own).theme) == ["kwiaty", "cakes", "(no theme)"]


def test_only_who_consented_is_quoted_and_without_numbers():
    answers = comments_of(
        *["Too expensive, call 512 555 123", "expensive, order #512555123", "expensive", "expensive", "expensive"],
        may_quote=[True, True, False, None, False],
    )
    found = quotes(answers, theme="price", most=9)
    assert sorted(found.comment) == ["Too expensive, call …", "expensive, order #512555123"]
    assert set(found.theme) == {"price"}


def test_without_a_column_of_consent_nobody_is_quoted():
    assert quotes(comments_of(*["expensive"] * 9), theme="price").empty


def test_the_same_comments_give_the_same_quotes_in_any_order():
    answers = comments_of(*[f"expensive {number}" for number in range(20)], may_quote=True)
    found = quotes(answers, theme="price", most=3)
    assert len(found) == 3
    pd.testing.assert_frame_equal(quotes(answers[::-1], theme="price", most=3), found)


def test_a_sentence_said_by_many_is_quoted_once():
    assert len(quotes(comments_of(*["Too expensive"] * 6, may_quote=True), theme="price")) == 1


@pytest.mark.parametrize(
    "personal",
    [
        "jan.kowalski+sklep@example.com",
        "олена@приклад.укр",
        "https://example.com/u?id=7",
        "www.example.com",
        "@jan_kowalski",
        "+48 512 555 123",
        "+48512555123",
        "512 555 123",
        "512-555-123",
        "+38 (067) 555-12-34",
        "0675551234",
        "067 555 12 34",
        "8 (912) 555-12-34",
        "+7 912 555 12 34",
        "555-12-34",
        "555-012-77",
        "4111 1111 1111 1111",
        "4111111111111111",
        "PL 61 1090 1014 0000 0712 1981 2874",
        "PL61109010140000071219812874",
        "pl61 1090 1014 0000 0712 1981 2874",
        "UA213223130000026007233566001",
        "GB29 NWBK 6016 1331 9268 19",
        "NO93 8601 1117 947",
        "NO9386011117947",
        "NL91ABNA0417164300",
        "FR1420041010050500013M02606",
    ],
)
def test_what_points_at_a_person_is_taken_out(personal):
    hidden = without_personal_data(f"Proszę: {personal}, dziękuję")
    assert hidden in ("Proszę: …, dziękuję", "Proszę: PL …, dziękuję", "Proszę: …")


@pytest.mark.parametrize(
    "plain",
    [
        "AB123456789012, do 20 maja 2024 1500 zł",
        "PL20 2024 1500 zł, AB12 3456 with your help",
        "order 100245 from 2024-05-12 10:30",
        "заказ №123456789 от 12.05.2024 не пришел",
        "Замовлення 1234567890, 2 шт.",
        "zamówienie nr 512555123",
        "order number: 5125551234",
        "#4111111111",
        "order 555-12-34",
        "12345678 and 1 299 zł, 10/10!",
        "AB123456789",
        "2 or 3 @ 5 zł",
    ],
)
def test_numbers_of_orders_dates_and_prices_stay(plain):
    assert without_personal_data(plain) == plain


@pytest.mark.parametrize("account", ["PL61109010140000071219812874", "PL61 1090 1014 0000 0712 1981 2874"])
def test_an_account_is_taken_out_with_its_country_and_nothing_beside_it(account):
    assert without_personal_data(f"IBAN {account}") == "IBAN …"
    assert without_personal_data(f"na {account} please send 20 zł") == "na … please send 20 zł"


def test_a_card_stays_hidden_behind_the_word_order():
    assert without_personal_data("order 4111 1111 1111 1111") == "order …"


# By the book


def test_kappa_of_two_readers():
    """Cohen's kappa of 20, 5, 10 and 15 answers is 0.4; of 45, 15, 25, 15 it is 0.1304, of 25, 35, 5, 35 0.2593."""
    for both, first, second, neither, kappa in (
        (20, 5, 10, 15, 0.4),
        (45, 15, 25, 15, 0.1304),
        (25, 35, 5, 35, 0.2593),
    ):
        one = [True] * (both + first) + [False] * (second + neither)
        other = [True] * both + [False] * first + [True] * second + [False] * neither
        assert cohens_kappa(one, other) == pytest.approx(kappa, abs=5e-5)


# By law


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"))))
def test_kappa_is_the_same_from_either_side_and_at_most_one(pairs):
    first, second = [one for one, _other in pairs], [other for _one, other in pairs]
    kappa = cohens_kappa(first, second)
    assert kappa == pytest.approx(cohens_kappa(second, first), nan_ok=True)
    assert np.isnan(kappa) or kappa <= 1 + 1e-12
    agreed = cohens_kappa(first, first)
    assert agreed == pytest.approx(1) if len(set(first)) > 1 else np.isnan(agreed)


@given(st.text())
def test_nothing_is_left_to_take_out(text):
    once = without_personal_data(text)
    assert without_personal_data(once) == once


@settings(max_examples=10)
@given(st.lists(st.sampled_from([text for _lang, _theme, text in SAID]), max_size=30))
def test_every_comment_has_a_theme_or_none(texts):
    answers = comments_of(*texts)
    found, counts = comment_themes(answers), nps_themes(answers).set_index("theme").n
    assert len(found) == len(texts)
    assert counts.drop("(no theme)").max() <= len(texts)
    assert counts["(no theme)"] == 0 == (~found[list(DICTIONARY["en"])].any(axis=1)).sum()


# By complaint


def test_answers_without_comments_are_refused():
    with pytest.raises(InvalidTable, match='no column "comment"'):
        nps_themes(n13().drop(columns="comment"))


def test_a_theme_that_is_not_in_the_dictionary_is_refused_with_those_that_are():
    with pytest.raises(InvalidTable, match=r'no theme "prize"; it has price, delivery'):
        quotes(n13(), theme="prize")


def test_an_empty_dictionary_is_refused():
    with pytest.raises(InvalidTable, match="dictionary of themes is empty"):
        nps_themes(n13(), dictionary={"en": {}})


def test_readers_of_different_comments_are_refused():
    with pytest.raises(InvalidTable, match="one read 2, the other 1"):
        cohens_kappa([1, 0], [1])
