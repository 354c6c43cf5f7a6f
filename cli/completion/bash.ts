import type { Candidates, Grammar, Word } from "./grammar.ts";
import { anyOf, placeOf, quoted } from "./shell-pattern.ts";

/**
 * A script for bash, from 3.2 on. It sorts the words before the cursor into those of the command and options with their
 * values, and offers what the grammar has for that place.
 */
export function bashScript(grammar: Grammar): string {
  const { first, second, pairs, options, everyOption, values, arguments: args } = grammar;
  return `# Completion of the command entente for bash; made by: entente completion bash
_entente_offer() {
  local candidate
  while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen "$@" -- "$current")
}

_entente_paths() {
  compopt -o filenames 2> /dev/null
  _entente_offer "$1"
}

_entente() {
  local current=\${COMP_WORDS[COMP_CWORD]} option= command word index
  local -a words=()
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${anyOf(values.map((value) => value.option))})
        # --option=value comes as three words.
        [[ \${COMP_WORDS[index + 1]-} == = ]] && ((index++))
        ((++index >= COMP_CWORD)) && option=$word
        ;;
      -* | =) ;;
      *) words+=("$word") ;;
    esac
  done
  [[ $current == = ]] && current=
  case "\${words[0]-} \${words[1]-}" in
    ${anyOf(pairs.map(quoted))}) command="\${words[0]-} \${words[1]-}" ;;
    *) command=\${words[0]-} ;;
  esac
  if [[ -n $option ]]; then
    case "$command $option" in
${cases(values.map((value) => [placeOf(value), value.value]))}
    esac
  elif [[ $current == -* ]]; then
    case $command in
${options
  .filter(([, own]) => own.length > 0)
  .map(([name, own]) => `      ${quoted(name)}) _entente_offer -W "${list([...own, ...everyOption])}" ;;`)
  .join("\n")}
      *) _entente_offer -W "${list(everyOption)}" ;;
    esac
  elif ((\${#words[@]} == 0)); then
    _entente_offer -W "${list(first)}"
  elif ((\${#words[@]} == 1)) && [[ " ${second.map(([group]) => group).join(" ")} " == *" $command "* ]]; then
    case $command in
${second.map(([group, next]) => `      ${group}) _entente_offer -W "${list(next)}" ;;`).join("\n")}
    esac
  else
    case $command in
${cases(args.map(([name, candidates]) => [quoted(name), candidates]))}
    esac
  fi
}

complete -F _entente entente
`;
}

/** What to do for each place at which anything is known. */
function cases(places: readonly (readonly [string, Candidates])[]): string {
  return places
    .filter(([, { kind }]) => kind !== "unknown")
    .map(([place, candidates]) => `      ${place}) ${offer(candidates)} ;;`)
    .join("\n");
}

function offer(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `_entente_offer -W "${list(candidates.words)}"`;
    case "files":
      return "_entente_paths -f";
    case "directories":
      return "_entente_paths -d";
    case "unknown":
      return ":";
  }
}

function list(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(" ");
}
