/**
 * `islet completion bash|zsh|fish` prints a script that asks `islet complete -- WORDS` for what may come next. Scripts
 * and answers are the library's, but for bash: its script needs the package bash-completion, and evaluates what is
 * typed.
 */
import completion from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

const DESCRIPTION = 'print a script that completes `islet` in a shell: `source <(islet completion bash)`';

/** Added last: it reads the commands that are there. */
export function addCompletion(program: Command): void {
  const answers = completion(program, { completionCommandName: 'completion' });
  const listed = answers.commands.get('completion');
  if (listed) listed.description = DESCRIPTION;
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description(DESCRIPTION)
    .action((shell: string) => {
      if (shell === 'bash') process.stdout.write(BASH);
      else answers.setup('islet', 'islet', shell);
    });
}

/** For bash 3.2 too, which macOS has. After an option that names a file or folder, file names are offered. */
export const BASH = `# bash completion for islet

_islet_completion() {
  local line word words=() previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  case $previous in
    --state|--kubeconfig|--container-runtime-endpoint) return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    # Bash takes --output=json apart.
    if [[ $word == '=' && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+='='
    elif [[ \${#words[@]} -gt 0 && \${words[\${#words[@]}-1]} == --*= ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
  done
  while IFS= read -r line; do
    # The last line is a number for the shell.
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(islet complete -- "\${words[@]}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -gt 0 ]] || compopt +o default 2>/dev/null
}

complete -o default -F _islet_completion islet
`;
