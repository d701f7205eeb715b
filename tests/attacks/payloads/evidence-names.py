# Gives the layers whose maps its page shows names of HTML, templates and control sequences.
# verdict: GRADED
# stopped by: the page is escaped
# shows: forged after leave_look
# pictures: kept
# page shows: <small>&lt;script&gt;alert(1)&lt;/script&gt;

from forgery import on_looks
from honest import build_augmentation, build_model, training_plan

names = [
    '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>',
    "\x1b[31m\x07\u202e\u2066\n::error::x\n##[error]x\r\0",
    "{{ 7 * 7 }}{% include 'base.css' %}</li></ol></section>" + "\u0301" * 100,
]


def rename(looks, numbers):
    for look in looks:
        for number, layer in enumerate(look["layers"]):
            layer.update(name=names[number % 3], kind=names[number % 3])
    return looks, numbers


on_looks(rename)
