package dev.gsig.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gsig completion}: a script that has a shell complete commands, options and files. */
@Command(
    name = "completion",
    header = "Print a completion script for bash, zsh or fish",
    customSynopsis = "gsig completion bash|zsh|fish",
    description =
        "Prints a script with which a shell completes commands, options and files at the tab key.",
    footer = {
      "# bash: now, and in each new shell",
      "source <(gsig completion bash)",
      "gsig completion bash > ~/.local/share/bash-completion/completions/gsig",
      "# zsh: into ~/.zshrc, below compinit",
      "source <(gsig completion zsh)",
      "# fish",
      "gsig completion fish > ~/.config/fish/completions/gsig.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
  private String shell;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Choice.of(spec, "SHELL", shell, List.of("bash", "zsh", "fish"), name -> name);
    CommandLine program = Main.commandLine(new String[0], terminal);
    if (shell.equals("fish")) {
      FishCompletion.of(new CommandText(program.getCommandSpec())).forEach(terminal::print);
    } else {
      // zsh reads bash's; the script itself says so to it.
      AutoComplete.bash(program.getCommandName(), program).lines().forEach(terminal::print);
    }
    return 0;
  }
}
