package dev.gsig.train;

import dev.gsig.ehr.internal.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an epoch came to.
 *
 * @param pretraining whether it was before what the model is for
 * @param epoch its number in its phase, from 1
 * @param loss mean loss over the epoch's steps, dropout included
 * @param validation on the validation set; null after pretraining
 * @param best whether these are the best weights so far
 */
public record EpochReport(
    boolean pretraining, int epoch, double loss, Quality validation, boolean best) {
  /** As it goes into {@code training.json}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "phase",
        pretraining ? "pretraining" : validation instanceof TokenLoss ? "training" : "fine-tuning");
    json.put("epoch", (long) epoch);
    json.put("loss", loss);
    if (validation != null) {
      validation.toJson().forEach((name, value) -> json.put("validation_" + name, value));
      json.put("best", best);
    }
    return json;
  }

  static EpochReport fromJson(JsonObject json) {
    String phase = json.string("phase");
    boolean pretraining = phase.equals("pretraining");
    Quality quality =
        pretraining
            ? null
            : phase.equals("training")
                ? new TokenLoss(json.number("validation_loss"), json.integer("validation_tokens"))
                : new Metrics(
                    json.number("validation_auroc"),
                    json.number("validation_auprc"),
                    json.number("validation_brier"));
    return new EpochReport(
        pretraining, json.integer("epoch"), json.number("loss"), quality, json.bool("best", false));
  }
}
