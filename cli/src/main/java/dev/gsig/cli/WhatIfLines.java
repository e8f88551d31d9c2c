package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.attribution.evaluation.WhatIf.Answer;
import dev.gsig.attribution.evaluation.WhatIfJson;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A line for each answer to what was asked by name, and whether anybody had what it names. */
final class WhatIfLines {
  private static final int MOST = 20;

  private final List<Change> changes;
  private final Words words;
  private final Set<Integer> met = new TreeSet<>();
  private final List<String> lines = new ArrayList<>();
  private int answers;

  WhatIfLines(Questions questions, Words words) {
    changes = questions.changes();
    this.words = words;
  }

  /** Adds a patient. */
  void add(Explained explained) {
    for (int i = 0; i < changes.size(); i++) {
      Answer answer = explained.answers().get(i);
      if (answer.occurrences() > 0) {
        met.add(i);
      }
      answers++;
      if (lines.size() < MOST) {
        lines.add(line(explained.attribution(), answer));
      }
    }
  }

  /** Adds a result of an earlier run, of whom no line tells. */
  void keep(JsonObject result) {
    List<JsonObject> all =
        result.has(WhatIfJson.KEY) ? result.objects(WhatIfJson.KEY) : List.<JsonObject>of();
    for (int i = 0; i < Math.min(changes.size(), all.size()); i++) {
      if (all.get(i).integer("occurrences") > 0) {
        met.add(i);
      }
    }
  }

  /** Shows the lines. */
  void say(Terminal terminal, String results) {
    lines.forEach(terminal::inform);
    if (answers > lines.size()) {
      terminal.inform(
          "and "
              + Text.count(answers - lines.size(), "answer")
              + " more under "
              + WhatIfJson.KEY
              + " in "
              + results);
    }
  }

  /**
   * Makes sure that somebody has what each change names.
   *
   * @throws InvalidInputException naming the first that nobody has
   */
  void requireMet() {
    for (int i = 0; i < changes.size(); i++) {
      if (!met.contains(i)) {
        Change change = changes.get(i);
        String names = change.names().stream().map(Json::quote).collect(Collectors.joining(", "));
        throw new InvalidInputException(
            (change.isRemoval() ? "--without: " : "--with: ")
                + "no patient has "
                + (change.isRemoval() ? "" : "a number beside ")
                + names
                + "; the results are complete, but do not answer it");
      }
    }
  }

  private String line(Attribution of, Answer answer) {
    Change change = answer.change();
    String patient = Text.escape(of.subjectId());
    String what = change.names().stream().map(n -> name(of, n)).collect(Collectors.joining(", "));
    if (answer.occurrences() == 0) {
      return patient + " has no " + (change.isRemoval() ? what : "number beside " + what);
    }
    boolean several = change.names().size() == 1 && answer.occurrences() > 1;
    String asked =
        change.isRemoval()
            ? " without " + what + (several ? " x" + answer.occurrences() : "")
            : " with " + what + " " + value(of, change);
    if (answer.after() == null) {
      return patient + asked + ": nothing would be left to read";
    }
    Attribution explanation = addingUp(of);
    String title = explanation.method().title();
    String attributed = signed(WhatIf.attributed(change, explanation));
    String unit = answer.before().score() == answer.before().logOdds() ? "log-odds" : "score";
    return patient
        + asked
        + ": "
        + Text.percent(answer.before().probability())
        + " -> "
        + Text.percent(answer.after().probability())
        + (change.isRemoval()
            ? "; of the %s, removal gives it %s, %s %s"
                .formatted(unit, signed(-answer.scoreChange()), title, attributed)
            : ", %s %s; %s gives what is there %s"
                .formatted(unit, signed(answer.scoreChange()), title, attributed));
  }

  /** The explanation that is named: the first that adds up, else the one that leads. */
  private static Attribution addingUp(Attribution lead) {
    return Stream.concat(Stream.of(lead), lead.readings().stream())
        .filter(each -> each.method().addsUp())
        .findFirst()
        .orElse(lead);
  }

  private String name(Attribution of, String name) {
    return isFeature(of, name) ? words.feature(name) : words.code(name);
  }

  private String value(Attribution of, Change change) {
    String name = change.names().get(0);
    return isFeature(of, name)
        ? words.value(name, change.value())
        : words.codeValue(name, change.value());
  }

  private static boolean isFeature(Attribution of, String name) {
    return of.tabular().stream().anyMatch(entry -> entry.name().equals(name));
  }

  private static String signed(double value) {
    return String.format(Locale.ROOT, "%+.2f", value == 0 ? 0.0 : value);
  }
}
