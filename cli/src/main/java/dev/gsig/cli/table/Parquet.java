package dev.gsig.cli.table;

/** Numbers of Apache Parquet's {@code parquet.thrift}. */
final class Parquet {
  static final int DATA_PAGE = 0;
  static final int PLAIN = 0;
  static final int RLE = 3;
  static final int GZIP = 2;
  static final int OPTIONAL = 1;
  static final int REPEATED = 2;
  static final int UTF8 = 0;
  static final int LIST = 3;

  private static final int BOOLEAN = 0;
  private static final int INT64 = 2;
  private static final int FLOAT = 4;
  private static final int DOUBLE = 5;
  private static final int BYTE_ARRAY = 6;

  private Parquet() {}

  static int physical(CellType type) {
    return switch (type) {
      case FLAG -> BOOLEAN;
      case WHOLE, TIME -> INT64;
      case REAL -> DOUBLE;
      case REAL_32 -> FLOAT;
      case TEXT, TEXTS -> BYTE_ARRAY;
    };
  }
}
