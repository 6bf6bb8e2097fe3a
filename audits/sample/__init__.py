"""The sample organisation and the worked example: simulated facts as wire records. No Django, no clock."""
