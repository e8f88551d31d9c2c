package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.Descriptions;
import dev.gsig.ehr.Display;

/**
 * What codes and tabular values are called on a terminal, and how their numbers are shown: by the
 * descriptions of codes and {@code display.json}, as the report's page does.
 *
 * @param descriptions names for codes
 * @param display names, units and words for values
 */
record Words(Descriptions descriptions, Display display) {
  /** Those that a model's folder has. */
  static Words of(Model model) {
    return new Words(model.descriptions(), Display.in(model.folder()));
  }

  /** The name of a code: its description, or itself. */
  String code(String code) {
    return Text.escape(descriptions.of(code));
  }

  /** The name of a tabular value. */
  String feature(String name) {
    Display.Feature shown = display.tabular().get(name);
    return Text.escape(
        shown == null || shown.name() == null ? name.replace('_', ' ') : shown.name());
  }

  /** A tabular value: the word for it, or the number with its unit; {@code missing} for null. */
  String value(String feature, Double value) {
    if (value == null) {
      return "missing";
    }
    Display.Feature shown = display.tabular().get(feature);
    String word = shown == null ? null : shown.values().get(Text.exact(value));
    return word != null ? Text.escape(word) : number(value, shown == null ? null : shown.unit());
  }

  /** The number beside a code, with its unit. */
  String codeValue(String code, double value) {
    return number(value, display.units().get(code));
  }

  private static String number(double value, String unit) {
    return Text.significant(value)
        + (unit == null ? "" : (unit.equals("%") ? "" : " ") + Text.escape(unit));
  }

  /** The name of what is a driver. */
  String name(Driver driver) {
    return driver.isCode() ? code(driver.name()) : feature(driver.name());
  }

  /** The value and how often it was there: {@code " 85 years"}, {@code " x2"}. */
  String suffix(Driver driver) {
    String value =
        !driver.isCode()
            ? " " + value(driver.name(), driver.value())
            : driver.value() == null ? "" : " " + codeValue(driver.name(), driver.value());
    return value + (driver.occurrences() > 1 ? " x" + driver.occurrences() : "");
  }
}
