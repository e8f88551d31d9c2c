package dev.gsig.cli;

import dev.gsig.attribution.Model;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.Similar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that ask what the model says of a changed record. */
final class WhatIfFlags {
  /** How many of a patient's strongest codes and values a report tells of. */
  static final int SHOWN = 5;

  private static final String WITHOUT = "--without";
  private static final String WITH = "--with";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = WITHOUT,
      paramLabel = "CODE,...",
      description =
          "what the model says of each patient without a code, wherever it stands, or without a"
              + " tabular value; several with commas are taken away together. May be given again")
  private List<String> without = new ArrayList<>();

  @Option(
      names = WITH,
      paramLabel = "NAME=VALUE",
      description =
          "what the model says with another number as a tabular value, or beside a code, wherever"
              + " it has one, in the unit of the record. May be given again")
  private List<String> with = new ArrayList<>();

  @Option(
      names = "--what-if",
      paramLabel = "N",
      description =
          "what the model says without each of the N codes and values that moved a patient's score"
              + " most; default: "
              + SHOWN
              + " with --report, else 0, and with --resume as before")
  private Integer drivers;

  /**
   * Refuses what is wrong whatever the model is.
   *
   * @throws ParameterException saying what
   */
  void check() {
    if (drivers != null && drivers < 0) {
      throw wrong("--what-if must be at least 0, but is " + drivers);
    }
    with.forEach(this::number);
  }

  /**
   * What is asked.
   *
   * @param usual how many of the strongest, if it is not told
   * @throws InvalidInputException if the model knows no such code or value
   */
  Questions questions(Model model, int usual) {
    List<Change> changes = new ArrayList<>();
    without.forEach(text -> changes.add(new Change(names(model, text), null)));
    with.forEach(text -> changes.add(Change.with(valued(model, text), number(text))));
    return new Questions(drivers == null ? usual : drivers, changes.stream().distinct().toList());
  }

  /** One code whose name has a comma, or several. */
  private static List<String> names(Model model, String text) {
    if (isKnown(model, text)) {
      return List.of(text);
    }
    List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).distinct().toList();
    names.forEach(name -> requireKnown(WITHOUT, model, name));
    return names;
  }

  private static String valued(Model model, String text) {
    String name = text.substring(0, text.lastIndexOf('='));
    requireKnown(WITH, model, name);
    if (!model.featureNames().contains(name) && model.tokenizer().valueInput() == null) {
      throw new InvalidInputException(
          WITH
              + " "
              + text
              + ": "
              + model
              + " reads no numbers beside codes; "
              + (model.features().isEmpty()
                  ? "leave it out"
                  : "give one to a tabular value: " + String.join(", ", model.featureNames())));
    }
    return name;
  }

  private static boolean isKnown(Model model, String name) {
    return model.vocabulary().idOf(name).isPresent() || model.featureNames().contains(name);
  }

  private static void requireKnown(String option, Model model, String name) {
    if (isKnown(model, name)) {
      return;
    }
    List<String> all = new ArrayList<>(model.vocabulary().codes());
    all.addAll(model.featureNames());
    throw new InvalidInputException(
        option
            + ": "
            + model
            + " knows no code and no tabular value "
            + Text.shorten(Json.quote(name), 60)
            + "; nearest to it are "
            + Similar.nearest(name, all, 3).stream()
                .map(Json::quote)
                .collect(Collectors.joining(", ")));
  }

  private double number(String text) {
    int equals = text.lastIndexOf('=');
    try {
      double number = Double.parseDouble(text.substring(equals + 1).strip());
      if (equals > 0 && Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(WITH + " takes NAME=VALUE with a number, such as age=60, but is '" + text + "'");
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
