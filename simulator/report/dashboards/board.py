"""What all dashboards have in common: choices at the top, links between them, and windows of what goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Row,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard as DashboardModel
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
)
from grafana_foundation_sdk.models.dashboard import Panel as PanelModel

from simulator.report.dashboards.panels import RUN, SOURCE

TAG = "fleetsim"
SOURCE_UID = "fleetsim-prometheus"
"""Of the data source in ``stack/grafana/provisioning/datasources``."""


@dataclass(frozen=True, slots=True)
class Group:
    """Panels under one headline."""

    title: str
    panels: Sequence[Builder[PanelModel]]


def board(name: str, title: str, about: str, groups: Iterable[Group]) -> DashboardModel:
    """Return a dashboard.

    Args:
        name: short one, from which its uid is made.
        title: for people.
        about: what it shows, in a sentence.
        groups: its panels.
    """
    dashboard = Dashboard(f"Fleetsim · {title}").uid(f"fleetsim-{name}").description(about).tags([TAG])
    dashboard.time("now-15m", "now").refresh("5s").timezone("browser").tooltip(DashboardCursorSync.CROSSHAIR)
    dashboard.readonly()
    dashboard.with_variable(_source()).with_variable(_instance())
    for window in _windows():
        dashboard.annotation(window)
    dashboard.link(_others())
    for group in groups:
        dashboard.with_row(Row(group.title))
        for panel in group.panels:
            dashboard.with_panel(panel)
    model = dashboard.build()
    for number, placed in enumerate(model.panels or (), start=1):
        placed.id_val = number
    return model


def _source() -> DatasourceVariable:
    chosen = VariableOption(selected=True, text="Prometheus", value=SOURCE_UID)
    return DatasourceVariable("datasource").label("Prometheus").type("prometheus").current(chosen)


def _instance() -> QueryVariable:
    query = "label_values(fleetsim_build_info, instance)"
    return (
        QueryVariable("instance")
        .label("Run")
        .datasource(SOURCE)
        .query(query)
        .definition(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _windows() -> Iterable[AnnotationQuery]:
    """Yield what is drawn into every panel: the window of the run, and those of attacks and faults."""
    windows = (
        ("Run", "blue", f"fleetsim_run_info{{{RUN}}}", "{{scenario}}"),
        ("Attacks", "red", f"fleetsim_campaigns_active{{{RUN}}} > 0", "{{campaign}}"),
        ("Faults", "orange", f"fleetsim_faults_active{{{RUN}}} > 0", "{{fault}}"),
    )
    for name, colour, expr, title in windows:
        query = Dataquery().expr(expr).legend_format(title).range().ref_id("Anno").datasource(SOURCE)
        yield (
            AnnotationQuery()
            .name(name)
            .datasource(SOURCE)
            .enable(True)
            .icon_color(colour)
            .target(query)
            .expr(expr)
            .title_format(title)
            .step("1s")
        )


def _others() -> DashboardLink:
    return (
        DashboardLink("Fleetsim")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(False)
        .include_vars(True)
        .keep_time(True)
    )
