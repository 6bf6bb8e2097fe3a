"""The sample organisation and the worked example: simulated facts in the wire format. No Django, no database, no clock."""
