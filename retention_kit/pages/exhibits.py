"""What the pages show, by name."""

import difflib
from dataclasses import replace

from retention_kit.engagement import Engagement
from retention_kit.errors import MissingTable
from retention_kit.figures.exhibit import Exhibit, note, show
from retention_kit.figures.marks import Marks, marked
from retention_kit.figures.picture import Plot
from retention_kit.pages import (
    cohorts,
    cross_checks,
    customers,
    data_and_settings,
    loyalty,
    ltv,
    next_questions,
    orders,
    quoted_numbers,
    survey_drivers,
    surveys,
)
from retention_kit.pages.absent import absent
from retention_kit.pages.panel import Panel
from retention_kit.pages.targets import target_lines
from retention_kit.pages.wording import wording_of

_PAGES = (
    *(orders, customers, cohorts, loyalty, surveys, survey_drivers, ltv),
    *(next_questions, quoted_numbers, cross_checks, data_and_settings),
)
PANELS: dict[str, Panel] = {panel.name: panel for page in _PAGES for panel in page.PANELS}


def exhibit(engagement: Engagement, name: str, *, plot: Plot | None = None) -> Exhibit:
    """A table or figure of the report, by name; its `data` are the numbers of `tables/<name>.csv`.

    Args:
        engagement: An engagement as it stood at the end of a period: `open_engagement(...).at("2024-05")`.
        name: One of `PANELS`, such as "customer_flow".
        plot: A `plot_*` function that draws it; without it a table is shown.

    Raises:
        MissingTable: There is no such exhibit; the message names the nearest.
    """
    if name not in PANELS:
        near = difflib.get_close_matches(name, PANELS, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(PANELS)}."
        raise MissingTable(f'There is no exhibit "{name}"; {hint}')
    panel = PANELS[name]
    result, wording = panel.of(engagement), wording_of(engagement)
    if why := absent(engagement, panel.needs):
        return Exhibit(name, note(why), result)
    said = panel.says(engagement) if panel.says else ""
    if said and not ("status" in result and result.status.eq("ok").any()):
        return Exhibit(name, note(said), result)
    marks = Marks(engagement.settings.calendar, target_lines(engagement, panel.metric))
    drawn, title = marked(plot, marks) if plot else None, wording.gettext(panel.title)
    shown = show(result, name, plot=drawn, columns=panel.columns, title=title, wording=wording)
    return replace(shown, html=note(said) + shown.html) if said else shown
