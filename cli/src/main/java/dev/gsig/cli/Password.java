package dev.gsig.cli;

/** A secret that is no option, for the list of processes would show it to everybody. */
final class Password {
  private Password() {}

  /**
   * That of the environment, else what a person types.
   *
   * @param variable of the environment
   * @param whose what the person is asked for
   * @return null where nobody can be asked
   */
  static char[] of(String variable, String whose) {
    String known = System.getenv(variable);
    if (known != null) {
      return known.toCharArray();
    }
    return Terminal.isInteractive()
        ? System.console().readPassword("password of %s: ", whose)
        : null;
  }
}
