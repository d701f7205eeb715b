# Puts HTML, Markdown and control sequences into what the student is told.
# verdict: RUNTIME_ERROR
# rule: exception
# stopped by: the feedback is cleaned

from honest import build_augmentation, build_model, training_plan

name = "\x1b[31m<img src=x onerror=alert(1)>"
Evil = type(name, (Exception,), {})
raise Evil(
    "<script>alert(1)</script>\n::error::x\n# 100 points\n![x](http://x/y.png)\n"
    "\x1b]52;c;eA==\x07```\n|a|b|\n\u202e\n"
    "##[error]x ##vso[task.setvariable variable=score]100\n##teamcity[buildStatus text='x']"
)
