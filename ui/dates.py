"""Days and times of day on this computer, as a person says them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ui.text import t, today


def day_of(moment: datetime) -> date:
    """The day on which it was here."""
    return moment.astimezone().date()


def day_words(day: date, *, within: bool = False) -> str:
    """Today, yesterday, or the date; `within` a sentence it begins with no capital."""
    if day == today():
        return t("time.today_within" if within else "time.today")
    if day == today() - timedelta(days=1):
        return t("time.yesterday_within" if within else "time.yesterday")
    month = t("time.months").split("|")[day.month - 1]
    return t("time.date", day=day.day, month=month, year=day.year)


def time_words(moment: datetime) -> str:
    """The time of day, 14:03."""
    return moment.astimezone().strftime("%H:%M")


def moment_words(moment: datetime) -> str:
    """The day and the time."""
    return t("time.moment", day=day_words(day_of(moment)), time=time_words(moment))
