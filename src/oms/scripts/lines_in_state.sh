# shellcheck shell=sh
# Of what supervisorctl prints (stdin), the lines whose second word is one of the states A|B|C: a state's name may stand
# in any program's description.
lines_in_state() (
  grep -E "^[^[:blank:]]+[[:blank:]]+($1)([[:blank:]]|\$)"
)
