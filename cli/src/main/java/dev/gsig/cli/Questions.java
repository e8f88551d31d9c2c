package dev.gsig.cli;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run asks of each patient beside the explanation: what the model says of a changed record.
 *
 * @param drivers how many of the strongest codes and values are taken away, each alone
 * @param changes what else is changed
 */
record Questions(int drivers, List<Change> changes) {
  /** Nothing is asked. */
  static final Questions NONE = new Questions(0, List.of());

  private static final String KEY = "what_if";
  private static final String DRIVERS = "drivers";
  private static final String CHANGES = "changes";
  private static final String WITHOUT = "without";
  private static final String WITH = "with";

  Questions {
    changes = List.copyOf(changes);
  }

  /** The removals of each patient's strongest. */
  static Questions ofDrivers(int most) {
    return new Questions(most, List.of());
  }

  /** What is asked about a patient: the changes first, in order; nothing twice. */
  List<Change> of(Attribution attribution) {
    Set<Change> all = new LinkedHashSet<>(changes);
    all.addAll(WhatIf.ofDrivers(attribution, drivers));
    return List.copyOf(all);
  }

  /** Writes it among what results depend on, if anything is asked. */
  void write(Map<String, Object> inputs) {
    if (drivers == 0 && changes.isEmpty()) {
      return;
    }
    List<Object> list = new ArrayList<>();
    for (Change change : changes) {
      Map<String, Object> json = new LinkedHashMap<>();
      if (change.isRemoval()) {
        json.put(WITHOUT, change.names());
      } else {
        json.put(WITH, change.names().get(0));
        json.put("value", change.value());
      }
      list.add(json);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(DRIVERS, (long) drivers);
    json.put(CHANGES, list);
    inputs.put(KEY, json);
  }

  /**
   * What was written.
   *
   * @throws InvalidInputException naming what is missing or impossible
   */
  static Questions read(JsonObject inputs) {
    JsonObject json = inputs.objectOrNull(KEY);
    if (json == null) {
      return NONE;
    }
    int drivers = json.integer(DRIVERS);
    if (drivers < 0) {
      throw json.invalid(DRIVERS, "must be at least 0, but is " + drivers);
    }
    List<Change> changes = new ArrayList<>();
    for (JsonObject change : json.objects(CHANGES)) {
      try {
        changes.add(
            change.has(WITHOUT)
                ? new Change(change.strings(WITHOUT), null)
                : Change.with(change.string(WITH), change.number("value")));
      } catch (IllegalArgumentException e) {
        throw new InvalidInputException(change.source() + ": " + e.getMessage(), e);
      }
    }
    return new Questions(drivers, changes);
  }

  /** What an earlier run asked, as its side file tells; null if it left none. */
  static Questions recorded(Path results) {
    Path file = Provenance.of(results);
    return Files.exists(file) ? read(Json.read(file).object("inputs")) : null;
  }
}
