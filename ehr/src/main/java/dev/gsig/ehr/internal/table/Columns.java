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
  private final List<String> header;
  private final int[] positions;

  private Columns(List<String> names, List<String> header, int[] positions) {
    this.names = names;
    this.header = header;
    this.positions = positions;
  }

  /**
   * Finds columns by name: as it is spelt, else in any case, for databases spell names in theirs.
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
    int[] positions = names.stream().mapToInt(name -> position(header, name)).toArray();
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
      if (positions[i] >= 0 && isTwice(header, positions[i], names.get(i))) {
        throw new InvalidInputException(
            file + ": has the column " + names.get(i) + " twice; remove one");
      }
    }
    return new Columns(names, header, positions);
  }

  private static int position(List<String> header, String name) {
    int exact = header.indexOf(name);
    for (int i = 0; exact < 0 && i < header.size(); i++) {
      if (header.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return exact;
  }

  private static boolean isTwice(List<String> header, int position, String name) {
    List<String> behind = header.subList(position + 1, header.size());
    return header.get(position).equals(name)
        ? behind.contains(name)
        : behind.stream().anyMatch(name::equalsIgnoreCase);
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
   * How the file spells the name of a column.
   *
   * @param column which of the columns asked for, one that is there
   * @return its name in the file
   */
  public String spelt(int column) {
    return header.get(positions[column]);
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
