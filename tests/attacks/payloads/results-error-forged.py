# Forges the report of an error, with places that do not exist and a message full of tricks.
# verdict: REJECTED
# rule: contract
# stopped by: validation in the grader

import json

from forgery import leave
from honest import build_augmentation, build_model, training_plan

message = "\u202e<script>alert(1)</script>\x1b[31m\n::error::x\n| a | b |\n![](http://x/y.png)"
places = [["../../etc/passwd", -1], ["submission.py", 10**9], ["\x1b]0;x\x07", None]]
error = {"stage": "\n::stop::", "contract": True, "type": "X", "message": message, "places": places}
leave("error.json", json.dumps(error))
