import type { Candidates, Grammar, Word } from "./grammar.ts";
import { anyOf, placeOf, quoted } from "./shell-pattern.ts";

/** A script for zsh, as the one for bash; it also shows what each word does. It can be sourced, or lie in a folder of fpath. */
export function zshScript(grammar: Grammar): string {
  const { first, second, pairs, options, everyOption, values, arguments: args } = grammar;
  return `#compdef entente
# Completion of the command entente for zsh; made by: entente completion zsh
_entente() {
  local current=\${words[CURRENT]} option= command word
  local -a taken offered
  integer index
  for ((index = 2; index < CURRENT; index++)); do
    word=\${words[index]}
    case $word in
      (${anyOf(values.map((value) => value.option))}) ((++index >= CURRENT)) && option=$word ;;
      (-*) ;;
      (*) taken+=("$word") ;;
    esac
  done
  if [[ $current == --*=* ]]; then
    option=\${current%%=*}
    compset -P '*='
  fi
  case "$taken[1] $taken[2]" in
    (${anyOf(pairs.map(quoted))}) command="$taken[1] $taken[2]" ;;
    (*) command=$taken[1] ;;
  esac
  if [[ -n $option ]]; then
    case "$command $option" in
${cases(values.map((value) => [placeOf(value), value.value]))}
    esac
  elif [[ $current == -* ]]; then
    case $command in
${options
  .filter(([, own]) => own.length > 0)
  .map(([name, own]) => `      (${quoted(name)}) offered=(${list(own)}) ;;`)
  .join("\n")}
    esac
    offered+=(${list(everyOption)})
    _describe -o option offered
  elif ((\${#taken} == 0)); then
    offered=(${list(first)})
    _describe command offered
  elif ((\${#taken} == 1)) && [[ " ${second.map(([group]) => group).join(" ")} " == *" $command "* ]]; then
    case $command in
${second.map(([group, next]) => `      (${group}) offered=(${list(next)}) ;;`).join("\n")}
    esac
    _describe command offered
  else
    case $command in
${cases(args.map(([name, candidates]) => [quoted(name), candidates]))}
    esac
  fi
}

if [[ $funcstack[1] == _entente ]]; then
  _entente "$@"
else
  compdef _entente entente
fi
`;
}

function cases(places: readonly (readonly [string, Candidates])[]): string {
  return places
    .filter(([, { kind }]) => kind !== "unknown")
    .map(([place, candidates]) => `      (${place}) ${offer(candidates)} ;;`)
    .join("\n");
}

function offer(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `compadd -- ${candidates.words.map(({ word }) => word).join(" ")}`;
    case "files":
      return "_files";
    case "directories":
      return "_files -/";
    case "unknown":
      return ":";
  }
}

/** `'--out:a new file'`: a colon divides the two, and an apostrophe would end the text. */
function list(words: readonly Word[]): string {
  return words.map(({ word, help }) => `'${word}:${help.replaceAll("'", String.raw`'\''`)}'`).join(" ");
}
