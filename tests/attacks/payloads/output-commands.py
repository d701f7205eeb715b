# Prints what CI services obey: set variables, add to the path, hide words, stop parsing.
# verdict: GRADED
# stopped by: the log stays in its file
# shows: ::error

from honest import build_augmentation, build_model, training_plan

for line in (
    "::error file=grading.yaml,line=1::GRADED",
    "::set-output name=score::100",
    "::add-path::/tmp/evil",
    "::stop-commands::x",
    "##vso[task.setvariable variable=score]100",
    "##teamcity[buildStatus status='SUCCESS']",
    "\r::add-mask::a",
    "section_start:0:x\r\x1b[0K",
):
    print(line)
