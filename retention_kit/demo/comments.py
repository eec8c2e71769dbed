"""What customers write: sentences about eight themes in four languages, chosen by what they think."""

import numpy as np
import pandas as pd

from retention_kit.demo.parameters import TRUE

THEMES = {
    "price": (0.08, 0.18, 0.26),
    "delivery": (0.14, 0.2, 0.26),
    "quality": (0.3, 0.16, 0.12),
    "support": (0.12, 0.1, 0.14),
    "app": (0.04, 0.1, 0.06),
    "returns": (0.04, 0.06, 0.08),
    "loyalty": (0.12, 0.06, 0.02),
    "assortment": (0.16, 0.14, 0.06),
}
"""How likely promoters, passives and detractors are to write about each theme."""

_SPOKEN = {
    "PL": {"pl": 1.0},
    "UA": {"uk": 0.7, "ru": 0.3},
    "CZ": {"en": 1.0},
    "DE": {"en": 1.0},
}
"""The languages written in each country."""

SENTENCES = {
    "pl": {
        "price": ("Dobra cena jak na taką herbatę.", "Cena jest za wysoka, coraz drożej."),
        "delivery": ("Dostawa przyszła następnego dnia.", "Dostawa trwała ponad tydzień, kurier się spóźnił."),
        "quality": ("Świetna jakość, zioła bardzo świeże.", "Jakość się pogorszyła, herbata bez smaku."),
        "support": ("Obsługa klienta bardzo pomocna.", "Obsługa klienta nie odpowiada na wiadomości."),
        "app": ("Aplikacja działa szybko i wygodnie.", "Aplikacja ciągle się zawiesza."),
        "returns": ("Zwrot załatwiony bez problemu.", "Na zwrot pieniędzy czekałam trzy tygodnie."),
        "loyalty": ("Program lojalnościowy się opłaca, zbieram punkty.", "Punkty w programie przepadły."),
        "assortment": ("Duży wybór, zawsze coś nowego.", "Mały wybór, moich ziół ciągle brak."),
    },
    "uk": {
        "price": ("Гарна ціна за такий чай.", "Ціна зависока, усе дорожчає."),
        "delivery": ("Доставка прийшла наступного дня.", "Доставка тривала понад тиждень, кур'єр запізнився."),
        "quality": ("Чудова якість, трави дуже свіжі.", "Якість погіршилась, чай без смаку."),
        "support": ("Підтримка дуже допомогла.", "Підтримка не відповідає на повідомлення."),
        "app": ("Застосунок швидкий і зручний.", "Застосунок постійно зависає."),
        "returns": ("Повернення без проблем.", "На повернення грошей чекала три тижні."),
        "loyalty": ("Програма лояльності вигідна, збираю бали.", "Бали в програмі згоріли."),
        "assortment": ("Великий вибір, завжди щось нове.", "Малий вибір, моїх трав немає."),
    },
    "ru": {
        "price": ("Хорошая цена за такой чай.", "Цена слишком высокая, всё дорожает."),
        "delivery": ("Доставка пришла на следующий день.", "Доставка шла больше недели, курьер опоздал."),
        "quality": ("Отличное качество, травы свежие.", "Качество испортилось, чай без вкуса."),
        "support": ("Поддержка очень помогла.", "Поддержка не отвечает на сообщения."),
        "app": ("Приложение быстрое и удобное.", "Приложение постоянно зависает."),
        "returns": ("Возврат без проблем.", "Возврата денег ждала три недели."),
        "loyalty": ("Программа лояльности выгодная, коплю баллы.", "Баллы в программе сгорели."),
        "assortment": ("Большой выбор, всегда что-то новое.", "Маленький ассортимент, моих трав нет."),
    },
    "en": {
        "price": ("Good price for tea like this.", "The price is too high and keeps rising."),
        "delivery": ("Delivery came the next day.", "Delivery took over a week, the courier was late."),
        "quality": ("Great quality, very fresh herbs.", "The quality got worse, the tea has no taste."),
        "support": ("Customer support was very helpful.", "Customer support does not answer messages."),
        "app": ("The app is quick and easy.", "The app keeps crashing."),
        "returns": ("The return was no trouble.", "I waited three weeks for my refund."),
        "loyalty": ("The loyalty programme pays, I collect points.", "My points in the programme were lost."),
        "assortment": ("A wide choice, always something new.", "A small choice, my herbs are always missing."),
    },
}
"""Language, theme: praise and complaint."""

_ADDRESSES = (" anna.k@example.com", " +48 555 010 123", " o.shevchuk@example.com", " 555-014-77")
_PROMOTER, _DETRACTOR = 9, 6


def written(answers: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Answers with a comment where somebody wrote one: comment, lang and theme, all three missing elsewhere.

    Promoters praise, detractors complain, passives do either. A few leave an address or a telephone number.
    """
    n = len(answers)
    group = np.where(answers.score >= _PROMOTER, 0, np.where(answers.score > _DETRACTOR, 1, 2))
    complains = (group == 2) | ((group == 1) & (random.random(n) < 0.5))
    writes = random.random(n) < TRUE.asking.comments
    leaves = random.random(n) < TRUE.asking.with_address
    theme = _themes(group, random)
    lang = _languages(answers.country, random)
    address = np.where(leaves, random.choice(_ADDRESSES, n), "")
    texts = [
        SENTENCES[spoken][about][int(bad)] + tail
        for spoken, about, bad, tail in zip(lang, theme, complains, address, strict=True)
    ]
    return answers.assign(
        comment=pd.Series(texts, index=answers.index, dtype="str").where(writes),
        lang=pd.Series(lang, index=answers.index, dtype="str").where(writes),
        theme=pd.Series(theme, index=answers.index, dtype="str").where(writes),
    )


def _themes(group: "np.ndarray[tuple[int], np.dtype[np.int64]]", random: np.random.Generator) -> list[str]:
    weights = np.array(list(THEMES.values()))
    bounds = np.cumsum(weights / weights.sum(axis=0), axis=0)
    draw = random.random(len(group))
    place = np.minimum((draw[:, None] >= bounds.T[group]).sum(axis=1), len(THEMES) - 1)
    names = list(THEMES)
    return [names[index] for index in place]


def _languages(countries: "pd.Series[str]", random: np.random.Generator) -> list[str]:
    draw = random.random(len(countries))
    found = []
    for country, chance in zip(countries, draw, strict=True):
        shares = _SPOKEN[country]
        bounds = np.cumsum(list(shares.values()))
        found.append(list(shares)[min(int(np.searchsorted(bounds, chance)), len(shares) - 1)])
    return found
