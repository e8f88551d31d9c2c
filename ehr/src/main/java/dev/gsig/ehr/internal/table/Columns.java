package dev.gsig.ehr.internal.table;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the columns asked for are in a file. */
public final class Columns {
  private static final int MAX_SHOWN = 12;

  private final List<String> names;
  private final int[] positions;

  private Columns(List<String> names, int[] positions) {
    this.names = names;
    this.positions = positions;
  }

  /**
   * Finds columns by name.
   *
   * @param file what messages call the table
   * @param header the names of all of its columns
   * @param required columns that must be there
   * @param optional columns that may be there
   * @return their positions
   * @throws InvalidInputException if a required column is not there, or one is there twice
   */
  public static Columns find(
      String file, List<String> header, List<String> required, List<String> optional) {
    List<String> names = Stream.concat(required.stream(), optional.stream()).toList();
    int[] positions = names.stream().mapToInt(header::indexOf).toArray();
    for (int i = 0; i < positions.length; i++) {
      if (i < required.size() && positions[i] < 0) {
        throw new InvalidInputException(
            file
                + ": has no column "
                + names.get(i)
                + "; its columns are "
                + header.stream()
                    .limit(MAX_SHOWN)
                    .map(Json::quote)
                    .collect(Collectors.joining(", "))
                + (header.size() > MAX_SHOWN ? ", ..." : ""));
      }
      if (positions[i] != header.lastIndexOf(names.get(i))) {
        throw new InvalidInputException(
            file + ": has the column " + names.get(i) + " twice; remove one");
      }
    }
    return new Columns(names, positions);
  }

  /** How many columns were asked for. */
  public int count() {
    return names.size();
  }

  /**
   * The name of a column.
   *
   * @param column which of the columns asked for
   * @return its name
   */
  public String name(int column) {
    return names.get(column);
  }

  /**
   * The position of a column.
   *
   * @param column which of the columns asked for
   * @return its position in the file, from 0; -1 if it is not there
   */
  public int position(int column) {
    return positions[column];
  }

  /**
   * The inverse of {@link #position}.
   *
   * @param width the number of columns in the file
   * @return for each of them which of the columns asked for it is, or -1
   */
  int[] byPosition(int width) {
    int[] wanted = new int[width];
    Arrays.fill(wanted, -1);
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] >= 0) {
        wanted[positions[i]] = i;
      }
    }
    return wanted;
  }
}
