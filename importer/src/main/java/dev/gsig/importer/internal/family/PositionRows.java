package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;

/**
 * Position tables whose first position is a later row, {@code import.position_first_row}: of
 * RoBERTa's kind it is {@code pad_token_id + 1}. A model folder's begins with row 0, so the rows
 * before it are left out. What PAD positions read, which is masked, becomes the row of their place.
 */
public final class PositionRows {
  private static final String KEY = "position_first_row";
  private static final String LENGTH = "max_position_embeddings";
  private static final String TABLE = "embeddings.position_embeddings.weight";

  private PositionRows() {}

  /**
   * Leaves the rows before the first position out, if there are any. A length that counts the rows
   * of the whole table, as Hugging Face's does, is set right.
   *
   * @throws InvalidInputException if there is no such table, or it has no row left
   */
  public static void cut(Draft draft) {
    int first = draft.options().number(KEY, draft.firstPosition());
    if (first == 0) {
      return;
    }
    Derived table = draft.targets().get(TABLE);
    if (table == null || table.shape().isEmpty()) {
      throw new InvalidInputException(
          "import." + KEY + " is " + first + ", but the model has no table of positions");
    }
    if (first >= table.rows()) {
      throw new InvalidInputException(
          "import."
              + KEY
              + " is "
              + first
              + ", but the table of positions has only "
              + table.rows()
              + " rows");
    }
    draft.replace(TABLE, table.slice(first, table.rows() - first));
    long rows = table.rows();
    if (Long.valueOf(rows).equals(draft.options().config().get(LENGTH))) {
      draft.settle(LENGTH, rows - first);
    }
  }

  /** Asks for the row, of names that models with a later one have. */
  static void ask(Draft draft, String model) {
    draft.askUnlessChecked(
        "import." + KEY,
        0,
        "the weights are called "
            + model
            + ", as those of models whose first position is row pad_token_id + 1 of the table, 2 in"
            + " RoBERTa; 0 if it is the first row");
  }
}
