#!/bin/sh
# Solvers as one would not wish them. The name this script is called by says which.
name=${0##*/}
case "$name" in
  crashes) exit 3 ;;
  hangs) exec sleep 1000 ;;
  wraps)
    sleep 1000 &
    echo $! > "$0.child"
    wait ;;
  floods) exec yes '(:name "' ;;
  echoes) exec cat ;;
  babbles) echo 'Segmentation fault'; exit 139 ;;
  is-killed) kill -s SEGV $$ ;;
  drones) echo 'bananas'; exec sleep 1000 ;;
  spits) printf '(:name "\377")\n'; exec sleep 1000 ;;
esac
asked=0
while read -r line; do
  case "$line" in
    '(get-info :name)') echo "(:name \"$name\")" ;;
    '(get-info :version)') echo "(:version \"$(ulimit -v)\")" ;;
    '(check-sat)')
      asked=$((asked + 1))
      case "$asked$name" in
        *always-unsat) echo unsat ;;
        1*) echo sat ;;
        2*) echo unsat ;;
        *dies-later) exit 4 ;;
        *starves) echo '(error "std::bad_alloc")'; exit 1 ;;
        *hungers) echo '(error "std::bad_alloc")' ;;
        *memout | *incomplete) echo unknown ;;
        *trails-off) echo bananas; exec sleep 1000 ;;
        *hangs-later) exec sleep 1000 ;;
        *shrugs) echo unknown ;;
        *keeps-count) echo asked >> "$0.asked"; echo unsat ;;
        *errs) echo '(error "out of cheese")'; echo unsat ;;
        *says-too-much) echo unsat; echo unsat ;;
        *) echo sat ;;
      esac ;;
    '(get-info :reason-unknown)')
      case "$name" in
        memout | incomplete) echo "(:reason-unknown $name)" ;;
      esac ;;
    '(get-model)')
      case "$name" in
        lies) printf '(\n)\n' ;;
        deep) awk 'BEGIN { for (i = 0; i < 200000; i++) printf "("; print "" }' ;;
        *) echo 'a model? (what is that' ;;
      esac ;;
    '(echo "'*)
      mark=${line#(echo }
      echo "${mark%)}" ;;
  esac
done
