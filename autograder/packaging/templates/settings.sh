# Written by autograder @version@. What setup.sh and run_autograder have in common.
export AUTOGRADER_CACHE=/var/cache/autograder
export AUTOGRADER_GRADESCOPE_SHOW=@show@
@secret@
