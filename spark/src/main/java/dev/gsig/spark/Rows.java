package dev.gsig.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of Spark to the values of {@link dev.gsig.ehr.internal.Json}, and back. */
final class Rows {
  private Rows() {}

  /**
   * A row with the fields of a schema.
   *
   * @param values by field name; a field without a value is null, a value without a field left out
   */
  static Row of(Map<?, ?> values, StructType schema) {
    StructField[] fields = schema.fields();
    Object[] row = new Object[fields.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = value(values.get(fields[i].name()), fields[i].dataType());
    }
    return RowFactory.create(row);
  }

  private static Object value(Object value, DataType type) {
    if (type instanceof StructType struct && value instanceof Map<?, ?> map) {
      return of(map, struct);
    }
    if (type instanceof ArrayType array && value instanceof List<?> list) {
      // Spark's encoders know arrays and Scala's collections, not Java's.
      return list.stream().map(item -> value(item, array.elementType())).toArray();
    }
    return value;
  }

  /**
   * The values of a row by field name, in the order of the schema.
   *
   * @param schema the row's; a row that Spark hands from one function to the next may not know it
   */
  static Map<String, Object> toMap(Row row, StructType schema) {
    StructField[] fields = schema.fields();
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i++) {
      map.put(fields[i].name(), json(row.get(i), fields[i].dataType()));
    }
    return map;
  }

  private static Object json(Object value, DataType type) {
    if (value == null || value instanceof Long || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (type instanceof StructType struct) {
      return toMap((Row) value, struct);
    }
    if (type instanceof ArrayType array) {
      List<Object> list = new ArrayList<>();
      items(value).forEach(item -> list.add(json(item, array.elementType())));
      return list;
    }
    if (type instanceof MapType entries) {
      Map<String, Object> map = new LinkedHashMap<>();
      entries(value)
          .forEach((key, item) -> map.put(String.valueOf(key), json(item, entries.valueType())));
      return map;
    }
    return value.toString();
  }

  private static Iterable<?> items(Object value) {
    return value instanceof Object[] array
        ? Arrays.asList(array)
        : value instanceof scala.collection.Iterable<?> items
            ? CollectionConverters.asJava(items)
            : (Iterable<?>) value;
  }

  private static Map<?, ?> entries(Object value) {
    return value instanceof scala.collection.Map<?, ?> map
        ? CollectionConverters.asJava(map)
        : (Map<?, ?>) value;
  }
}
