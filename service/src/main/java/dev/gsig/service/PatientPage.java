package dev.gsig.service;

import dev.gsig.attribution.Model;

/** Shows an explanation to people. */
@FunctionalInterface
public interface PatientPage {
  /**
   * A page that needs nothing else.
   *
   * @param line the explanation, a line as {@code gsig explain} writes it
   * @param model the model, for its words
   * @return HTML
   */
  String of(String line, Model model);
}
