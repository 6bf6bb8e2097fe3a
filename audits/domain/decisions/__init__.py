"""The numbers that decide: whether cheap is cheaper here, and how sure that is. Plain values in, plain values out.

What is where, for whoever shows it. Money is integer nanos, shares are floats, None is "not enough data". Formula,
assumption, source and worked example of each: docs/method.md, 16 and after.

units        `Units`: sums of tasks' cost and success, the input of nearly everything; `joined` by incidents
incidents    `expected_loss` per 10,000 tasks with its ends, `one_incident` more or less, what is `bearable`
sampling     `draw` by a `Plan` and a seed: who is looked at, with which probability (to keep with the draw)
silent       `silent_failures` of `Stratum`s, `adjusted` successes, yield and cost; `advise`: how many more audits
fair         `compare_all`: candidates on the same mix; `Fair` has verdict, doubts, Simpson's warning; or `Withheld`
             (in words: audits/exports/deciding/)
break_even   `break_even` of two tiers with its bounds, `reigns`: which of all costs least at which cost of a failure
switches     `switches` found in monthly `Counts`, `windows` around one, its `effect` in a month (in words: as above)
routing      `policies`, their `outlook` under `Terms`, the `efficient` ones, what to `advise` and what may be as good
scenarios    a saved `Plan` of routing, `held_against` what came
value        `worth` of a line: against its value and against doing it by hand, with ends; `payback` of an investment
claims       `hold` a claimed fail rate against what was measured, in all and by complexity
"""
