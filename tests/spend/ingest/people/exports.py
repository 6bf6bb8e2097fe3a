"""Exports as the tools write them, shortened."""

GITHUB_API = """\
id,node_id,user.login,state,submitted_at,updated_at,pull_request
2501,PRR_a1,mona,APPROVED,2026-11-04T09:12:31Z,2026-11-04T09:12:31Z,acme/web#42
2502,PRR_a2,hubot,CHANGES_REQUESTED,2026-11-04T10:00:00Z,2026-11-04T10:00:00Z,acme/web#43
2503,PRR_a3,mona,COMMENTED,2026-11-04T11:00:00Z,2026-11-04T11:00:00Z,acme/web#43
2504,PRR_a4,mona,DISMISSED,2026-11-04T12:00:00Z,2026-11-05T12:00:00Z,acme/web#44
"""
JIRA = """\
Issue Key,Issue summary,Worklog ID,Author,Started,Time Spent,Time Spent (seconds),Comment,Updated
AI-7,Claim letters,90011,Lena Lead,2026-11-03T23:30:00.000+0000,1h 30m,5400,"rewrote it,
all of it",2026-11-04T08:00:00.000+0000
AI-8,Summaries,90012,Lena Lead,04/Nov/26 9:15 AM,20m,1200,,04/Nov/26 9:40 AM
"""
JIRA_WORDS = """\
Key;Author;Start Date;Time Spent
AI-7;Lena Lead;04.11.2026;1d 2h 30m
AI-7;Lena Lead;04.11.2026;1d 2h 30m
"""
ZENDESK = """\
Ticket ID,Agent,Total time spent (sec),Updated at
1801,Ana,754,2026-11-04 10:22:33 UTC
1801,Ben,60,2026-11-04 11:00:00 UTC
"""
CSV = """\
task,date,minutes,role,activity,verdict,cause
T-1,2026-11-04,"7,5",engineer,Fix,Amended,wrong template
"""
