package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.SpecialTokens;
import dev.gsig.importer.internal.check.CheckFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether the sequences of a check file have CLS and SEP where gsig puts them. Logits do not show
 * it, for they are computed from the file's own ids; a patient's sequence would have others.
 */
final class CheckTokens {
  private final Path file;
  private final int rows;
  private final int length;
  private final double[] ids;
  private final Map<String, Integer> named;

  private CheckTokens(CheckFile check, Path file, Map<String, Integer> named) {
    this.file = file;
    this.rows = check.size();
    this.length = check.length();
    this.ids = check.values("input_ids");
    this.named = named;
  }

  /**
   * Makes sure of it.
   *
   * @param special what the model uses
   * @param named keys of special tokens and their ids, as far as the vocabulary has their usual
   *     names
   * @throws InvalidInputException naming the setting that would fit
   */
  static void require(
      CheckFile check, Path file, SpecialTokens special, Map<String, Integer> named) {
    CheckTokens tokens = new CheckTokens(check, file, named);
    tokens.require("CLS", special.cls(), 1, "first", "in front of each patient");
    tokens.require("SEP", special.sep(), tokens.length, "anywhere", "behind each visit");
  }

  /** How many rows have an id among their first positions. */
  private long having(int id, int positions) {
    return IntStream.range(0, rows)
        .filter(row -> IntStream.range(0, positions).anyMatch(i -> ids[row * length + i] == id))
        .count();
  }

  private void require(String token, Integer used, int positions, String place, String put) {
    String key = token.toLowerCase(Locale.ROOT) + "_token_id";
    if (used != null && having(used, positions) == 0) {
      throw new InvalidInputException(
          file
              + ": none of its sequences has "
              + token
              + " (id "
              + used
              + ") "
              + place
              + ", but gsig puts it "
              + put
              + "; say --set "
              + key
              + "=null if the model reads none, or its right id, else record sequences as the model"
              + " reads them");
    }
    Integer unused = used == null ? named.get(key) : null;
    if (unused != null && having(unused, positions) > 0) {
      throw new InvalidInputException(
          file
              + ": "
              + having(unused, positions)
              + " of its "
              + Text.count(rows, "sequence")
              + " have "
              + token
              + " (id "
              + unused
              + " in the vocabulary) "
              + place
              + ", but gsig puts none "
              + put
              + ", for "
              + key
              + " is null; say --set "
              + key
              + "="
              + unused
              + ", or record sequences as the model reads them");
    }
  }
}
