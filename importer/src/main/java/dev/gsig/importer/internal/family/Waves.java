package dev.gsig.importer.internal.family;

import java.util.Locale;
import java.util.regex.Pattern;

/** Layers of one number whose names say that a sine or a cosine follows, which no weight tells. */
final class Waves {
  private static final Pattern NAME =
      Pattern.compile("2_?vec|t2v|(^|[._])(co)?sine?([._]|$)|sinus|periodic|fourier");

  private Waves() {}

  /**
   * Asks what follows the layer of an input, if its name says so.
   *
   * @param layer its weight; null if there is none
   */
  static void ask(Draft draft, String input, Derived layer) {
    if (layer == null || !NAME.matcher(layer.from().toLowerCase(Locale.ROOT)).find()) {
      return;
    }
    draft.ask(
        "embedding_inputs",
        "what "
            + layer.from()
            + " is, with all other inputs, such as {\"position\":\"learned\",\""
            + input
            + "\":\"time2vec\"}: time2vec, its first column as it is and the sine of the others;"
            + " time2vec_cos, their cosine; sine, of all columns; linear, of none");
  }
}
