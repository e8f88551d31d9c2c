package dev.gsig.spark;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.ehr.InvalidInputException;

/**
 * A model as the driver has it, before there is a session: known to be usable, and ready to ship.
 */
record DriverModel(Shipment shipment, LoadedModel loaded, Explainer explainer) {
  /**
   * Loads it, which finds out what is wrong with it before any task starts.
   *
   * @throws InvalidInputException if the model cannot be used, or the options do not fit it
   * @throws IllegalArgumentException if there is no such backend
   */
  static DriverModel load(Settings settings) {
    Shipment shipment = Shipment.of(settings);
    LoadedModel loaded = LoadedModel.of(shipment, settings);
    return new DriverModel(shipment, loaded, loaded.explainer(settings.options()));
  }

  /**
   * This model with other options.
   *
   * @throws InvalidInputException if they do not fit it
   */
  DriverModel with(ExplainOptions options) {
    Shipment other =
        new Shipment(shipment.files(), shipment.referenceCount(), shipment.backend(), options);
    return new DriverModel(other, loaded, loaded.explainer(options));
  }
}
