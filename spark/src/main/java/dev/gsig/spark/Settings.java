package dev.gsig.spark;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.ReferenceBank;
import dev.gsig.tensor.Backends;
import java.nio.file.Path;

/**
 * What patients are explained with. The paths are the driver's; executors get the files' content.
 *
 * @param model the model folder
 * @param baseline what {@code gsig baseline} made; null for the model folder's own
 * @param references the validation patients of {@link
 *     dev.gsig.attribution.path.PathMethods#EXPECTED_GRADIENTS}; else null
 * @param referenceCount how many of them are used
 * @param backend a name of {@link dev.gsig.attribution.Model#backends}. Not {@code auto}: executors
 *     could choose differently, and a retry would not give the same bits
 * @param options the rest
 */
public record Settings(
    Path model,
    Path baseline,
    Path references,
    int referenceCount,
    String backend,
    ExplainOptions options) {

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if the backend is {@code auto}
   */
  public Settings {
    if (backend.equals(Backends.AUTO)) {
      throw new IllegalArgumentException(
          "name one backend: with 'auto', executors could compute on different ones, and their"
              + " results would differ");
    }
  }

  /**
   * A model folder with its own baseline, on the default backend.
   *
   * @param model the model folder
   * @param options how to explain; {@link ExplainOptions#DEFAULT} is GS-IG as the paper has it
   * @return the settings
   */
  public static Settings of(Path model, ExplainOptions options) {
    return new Settings(model, null, null, ReferenceBank.DEFAULT_SIZE, Backends.DEFAULT, options);
  }
}
