package dev.gsig.cli;

import java.util.regex.Pattern;

/** What a code is of, as its spelling tells: that of gsig's cohorts, or of MEDS. */
enum CodeKind {
  DIAGNOSIS("diagnoses", "d(9|10)?_.*|DIAGNOSIS//.*"),
  PROCEDURE("procedures", "p(9|10)?_.*|PROCEDURE//.*"),
  DRUG("drugs", "m_.*|MEDICATION//.*"),
  MEASUREMENT("measurements", "l_.*|LAB//.*"),
  OTHER("other codes", ".*");

  private final String plural;
  private final Pattern spelling;

  CodeKind(String plural, String spelling) {
    this.plural = plural;
    this.spelling = Pattern.compile(spelling, Pattern.DOTALL);
  }

  /** The kind of a code. */
  static CodeKind of(String code) {
    for (CodeKind kind : values()) {
      if (kind.spelling.matcher(code).matches()) {
        return kind;
      }
    }
    return OTHER;
  }

  /** What several are called. */
  String plural() {
    return plural;
  }
}
