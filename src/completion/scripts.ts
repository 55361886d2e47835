/** Shells that gpudock completes in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

// Each asks the program that is being typed for the words that may stand at the cursor: `VALUE<Tab>ABOUT` a line, and
// `:files` or `:folders` where the shell itself knows better.

/** The line itself is taken apart, because bash would cut `image:tag` and `--flag=value` into pieces. Bash 3.2 will do. */
const BASH = String.raw`_gpudock() {
  local line="\${COMP_LINE:0:COMP_POINT}" typed cut value about
  local -a words
  IFS=' ' read -ra words <<< "$line"
  [[ $line == *' ' ]] && words+=('')
  typed="\${words[\${#words[@]}-1]}"
  cut="\${typed%"\${typed##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\t' read -r value about; do
    case $value in
      :files) compopt -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      "$typed"*)
        COMPREPLY+=("\${value#"$cut"}")
        # A path in the container follows.
        [[ $value == *: ]] && compopt -o nospace 2>/dev/null ;;
    esac
  done < <("$1" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _gpudock gpudock
`;

const ZSH = String.raw`#compdef gpudock
_gpudock() {
  local line
  local -a found
  for line in "\${(@f)$("$words[1]" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *) found+=("\${\${line%%$'\t'*}//:/\\:}:\${line#*$'\t'}") ;;
    esac
  done
  (( $#found )) && _describe gpudock found
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _gpudock "$@"; else compdef _gpudock gpudock; fi
`;

const FISH = `function __gpudock_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct | string collect --allow-empty)
  for line in ($words[1] __complete $words[2..] "$typed" 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path "$typed"
      case :folders
        __fish_complete_directories "$typed"
      case '*'
        echo $line
    end
  end
end
complete -c gpudock -f -a '(__gpudock_complete)'
`;

const unescaped = (text: string): string => text.replaceAll('\\${', '${');

export const SCRIPTS: Readonly<Record<Shell, string>> = {bash: unescaped(BASH), zsh: unescaped(ZSH), fish: FISH};
