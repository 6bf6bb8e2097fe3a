"""Every slice that has derived rows, or facts to derive them from."""

from __future__ import annotations

from datetime import date

from spend.store import raw_cursor


def all_slices() -> list[tuple[int | None, date]]:
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT team_id, day FROM spend_task UNION SELECT team_id, day FROM audits_taskstate"
            " UNION SELECT team_id, task_day FROM audits_dailycalls"
            " UNION SELECT team_id, task_day FROM audits_dailysources"
            " UNION SELECT team_id, task_day FROM audits_dailytasks"
            " UNION SELECT team_id, task_day FROM audits_dailyunits"
            " UNION SELECT team_id, task_day FROM audits_dailystrata"
            " UNION SELECT team_id, task_day FROM audits_dailyentries"
            " UNION SELECT team_id, task_month FROM audits_monthlycalls"
            " UNION SELECT team_id, task_month FROM audits_monthlytasks"
            " UNION SELECT team_id, task_month FROM audits_monthlyunits"
            " UNION SELECT team_id, task_month FROM audits_monthlystrata"
            " UNION SELECT team_id, task_month FROM audits_monthlyentries"
            " UNION SELECT team_id, service_date FROM audits_entry ORDER BY 1, 2"
        )
        return cursor.fetchall()
