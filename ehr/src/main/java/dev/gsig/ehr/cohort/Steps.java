package dev.gsig.ehr.cohort;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts who is left out, and why. */
final class Steps {
  private final Map<String, Long> left = new LinkedHashMap<>();

  /** Every reason, in the order in which they are asked about, so that zeros are told too. */
  Steps(List<String> reasons) {
    reasons.forEach(reason -> left.put(reason, 0L));
  }

  /** Leaves somebody out. */
  List<Sample> leaveOut(String reason) {
    if (!left.containsKey(reason)) {
      throw new IllegalStateException("not announced: " + reason);
    }
    left.merge(reason, 1L, Long::sum);
    return List.of();
  }

  long count(String reason) {
    return left.get(reason);
  }

  /** How many were left out, by reason. */
  Map<String, Long> counts() {
    return left;
  }
}
