package dev.gsig.train;

import dev.gsig.ehr.internal.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an epoch came to.
 *
 * @param pretraining whether masked codes were learnt, not labels
 * @param epoch its number in its phase, from 1
 * @param loss mean loss over the epoch's steps, dropout included
 * @param validation on the validation set; null after pretraining
 * @param best whether these are the best weights so far
 */
public record EpochReport(
    boolean pretraining, int epoch, double loss, Metrics validation, boolean best) {
  /** As it goes into {@code training.json}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("phase", pretraining ? "pretraining" : "fine-tuning");
    json.put("epoch", (long) epoch);
    json.put("loss", loss);
    if (validation != null) {
      json.put("validation_auroc", validation.auroc());
      json.put("validation_auprc", validation.auprc());
      json.put("validation_brier", validation.brier());
      json.put("best", best);
    }
    return json;
  }

  static EpochReport fromJson(JsonObject json) {
    boolean pretraining = json.string("phase").equals("pretraining");
    Metrics metrics =
        pretraining
            ? null
            : new Metrics(
                json.number("validation_auroc"),
                json.number("validation_auprc"),
                json.number("validation_brier"));
    return new EpochReport(
        pretraining, json.integer("epoch"), json.number("loss"), metrics, json.bool("best", false));
  }
}
