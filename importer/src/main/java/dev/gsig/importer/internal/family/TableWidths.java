package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Embedding tables are added to each other, so they are as wide as what reads them. */
public final class TableWidths {
  private static final Pattern TABLE =
      Pattern.compile("embeddings\\.(word|position|visit|age|token_type)_embeddings\\.weight");

  /** A weight that has one value for each column of the encoder, in every model. */
  private static final String ENCODER = "encoder.layer.0.output.LayerNorm.weight";

  private TableWidths() {}

  /**
   * Looks at all tables that were found.
   *
   * @throws InvalidInputException if one is narrower or wider than the encoder
   */
  public static void require(Draft draft) {
    for (Map.Entry<String, Derived> target : draft.targets().entrySet()) {
      Matcher table = TABLE.matcher(target.getKey());
      if (table.matches()) {
        List<Long> shape = target.getValue().shape();
        require(draft, table.group(1), target.getValue().from(), shape);
      }
    }
  }

  /** Looks at one, under its name in the checkpoint. */
  static void require(Draft draft, String input, String name, List<Long> shape) {
    Derived encoder = draft.targets().get(ENCODER);
    boolean projected =
        draft.targets().containsKey("embeddings.projection.weight")
            || draft.targets().containsKey("embeddings.join.weight");
    if (projected || encoder == null || encoder.shape().size() != 1) {
      return; // what is missing, or of a wrong shape, is told of the encoder or projection itself
    }
    long width = encoder.shape().get(0);
    boolean ofOneNumber = input.equals("age") && shape.size() == 2 && shape.get(1) == 1;
    if (shape.size() == 2 && shape.get(1) != width && !ofOneNumber) {
      throw new InvalidInputException(
          draft.source()
              + ": "
              + Json.quote(name)
              + ", taken for the table of the "
              + input.replace('_', ' ')
              + " embedding, is "
              + shape.get(1)
              + " wide, but the encoder "
              + width
              + "; where a layer projects it, save the product of the two in its place, and where"
              + " another tensor is meant, name it in a mapping file (--map)");
    }
  }
}
