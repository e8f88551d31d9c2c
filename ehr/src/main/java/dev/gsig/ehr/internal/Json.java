package dev.gsig.ehr.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Strict JSON (RFC 8259) into plain Java values, and back.
 *
 * <p>A value is a {@code Map<String, Object>} in document order, a {@code List<Object>}, a {@code
 * String}, a {@code Long} (a whole number that fits), a {@code Double} (any other number), a {@code
 * Boolean} or {@code null}. Refused, beside malformed text: duplicate keys, anything after the
 * value, numbers beyond the range of a double, text that is not Unicode (bytes that are not UTF-8,
 * unpaired surrogates), more than {@value #MAX_DEPTH} levels, overlong strings.
 *
 * <p>What is written does not depend on the JDK: numbers are printed by one fixed shortest-digits
 * algorithm, not by {@code Double.toString}, which changed in JDK 19.
 */
public final class Json {
  /** The most levels of nested lists and objects that are read. */
  static final int MAX_DEPTH = 64;

  /** The most bytes that a whole document may have. */
  public static final int MAX_DOCUMENT_BYTES = 100_000_000;

  private static final int MAX_STRING_CHARS = 16 << 20;
  private static final int MAX_SHOWN_CHARS = 60;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING_CHARS)
                  .build())
          // A vocabulary has tens of thousands of keys, each read once: a symbol table only costs.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          // Python writes NaN; read, it can be refused with the name of its key.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .build();

  private Json() {}

  /**
   * Reads a whole file that holds one JSON object; a byte order mark is skipped.
   *
   * @param file the file
   * @return its content; its source is the file as given
   * @throws InvalidInputException if the file cannot be read, is too large, or is not one object
   */
  public static JsonObject read(Path file) {
    return object(Utf8.read(file, MAX_DOCUMENT_BYTES), file.toString());
  }

  /**
   * Reads one JSON object from UTF-8; a byte order mark is skipped.
   *
   * @param utf8 the document. Not modified.
   * @param source what to call the document in messages, for example a file name
   * @return the object
   * @throws InvalidInputException if the bytes are not one well-formed object
   */
  public static JsonObject object(byte[] utf8, String source) {
    return object(Utf8.decode(utf8, 0, utf8.length, source), source);
  }

  /**
   * Reads one JSON object from text.
   *
   * @param text the document
   * @param source what to call the document in messages
   * @return the object
   * @throws InvalidInputException if the text is not one well-formed object
   */
  public static JsonObject object(String text, String source) {
    return object(text, source, key -> true);
  }

  /**
   * Reads what is wanted of one JSON object from text. What stands under other keys is checked for
   * its form alone, and takes no memory.
   *
   * @param text the document
   * @param source what to call the document in messages
   * @param wanted the keys to keep, of objects at any depth
   * @return the object, without the other keys
   * @throws InvalidInputException if the text is not one well-formed object
   */
  public static JsonObject object(String text, String source, Predicate<String> wanted) {
    Object value = parse(text, source, wanted);
    if (value instanceof Map<?, ?> map) {
      return JsonObject.of(source, map);
    }
    throw new InvalidInputException(
        source + ": must hold a JSON object, { ... }, but holds " + describe(value));
  }

  /**
   * Reads one JSON value from text.
   *
   * @param text the document
   * @param source what to call the document in messages
   * @return the value, as described above; maps and lists are not modifiable
   * @throws InvalidInputException if the text is not one well-formed value
   */
  public static Object parse(String text, String source) {
    return parse(text, source, key -> true);
  }

  private static Object parse(String text, String source, Predicate<String> wanted) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new InvalidInputException(source + ": holds no JSON value");
      }
      Object value = value(parser, source, wanted);
      if (parser.nextToken() != null) {
        throw malformed(source, text, parser, "nothing may follow the value");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw new InvalidInputException(
          source
              + ": unusable JSON: nested deeper than "
              + MAX_DEPTH
              + " levels, or a string, name or number too long",
          e);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw new InvalidInputException(
          malformedText(source, text, line, column, plain(e.getOriginalMessage())), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a value as compact JSON on one line. The same value gives the same text on every JDK.
   *
   * @param value a map with string keys, an iterable, a character sequence, a number, a boolean or
   *     null, nested at will
   * @return the text, without a line end
   * @throws IllegalArgumentException if a number is NaN or infinite, or a value has another type
   */
  public static String write(Object value) {
    StringWriter out = new StringWriter();
    try {
      write(value, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /**
   * Writes a value as compact JSON, without a line end; see {@link #write(Object)}.
   *
   * @param value the value
   * @param out where to; neither flushed nor closed
   * @throws IOException if {@code out} fails
   * @throws IllegalArgumentException if a number is NaN or infinite, or a value has another type
   */
  public static void write(Object value, Writer out) throws IOException {
    JsonGenerator generator = FACTORY.createGenerator(out);
    generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    write(generator, value);
    generator.close();
  }

  /**
   * Writes an object with a line for each of its keys, to be read by people, too.
   *
   * @param object values by key, see {@link #write(Object)}
   * @return the text, with a line end
   * @throws IllegalArgumentException if a number is NaN or infinite, or a value has another type
   */
  public static String writeLines(Map<String, ?> object) {
    return object.entrySet().stream()
        .map(entry -> write(entry.getKey()) + ": " + write(entry.getValue()))
        .collect(Collectors.joining(",\n", "{\n", object.isEmpty() ? "}\n" : "\n}\n"));
  }

  /**
   * Shows a user's text inside a message: quoted, control characters escaped so that the message
   * stays one line, cut when long.
   *
   * @param text the text
   * @return the text fit for a message
   */
  public static String quote(String text) {
    boolean cut = text.length() > MAX_SHOWN_CHARS;
    return write(cut ? text.substring(0, MAX_SHOWN_CHARS) + "..." : text);
  }

  /** Names the type and value of a parsed value for a message. */
  static String describe(Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof String text) {
      return "the text " + quote(text);
    }
    if (value instanceof Map) {
      return "an object";
    }
    return value instanceof List ? "a list" : String.valueOf(value);
  }

  private static Object value(JsonParser parser, String source, Predicate<String> wanted)
      throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> map(parser, source, wanted);
      case START_ARRAY -> list(parser, source, wanted);
      case VALUE_STRING -> unicode(parser.getText(), source);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, source);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("unexpected token " + token);
    };
  }

  private static Map<String, Object> map(JsonParser parser, String source, Predicate<String> wanted)
      throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (!wanted.test(key)) {
        parser.nextToken();
        parser.skipChildren();
        continue;
      }
      unicode(key, source);
      if (map.containsKey(key)) {
        throw new InvalidInputException(
            source + ": the key " + quote(key) + " occurs twice in one object; remove one");
      }
      parser.nextToken();
      map.put(key, value(parser, source, wanted));
    }
    return Collections.unmodifiableMap(map);
  }

  private static List<Object> list(JsonParser parser, String source, Predicate<String> wanted)
      throws IOException {
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser, source, wanted));
    }
    return Collections.unmodifiableList(list);
  }

  private static Number number(JsonParser parser, String source) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    if (parser.isNaN()) {
      throw notFinite(parser, source);
    }
    double value = Double.parseDouble(parser.getText());
    if (Double.isInfinite(value)) {
      throw new InvalidInputException(
          source + ": the number " + shorten(parser.getText()) + " is too large for a double");
    }
    return value;
  }

  private static InvalidInputException notFinite(JsonParser parser, String source)
      throws IOException {
    StringBuilder path = new StringBuilder();
    for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
      if (at.inArray()) {
        path.insert(0, "[" + at.getCurrentIndex() + "]");
      } else if (at.inObject()) {
        path.insert(0, (at.getParent().inRoot() ? "" : ".") + at.getCurrentName());
      }
    }
    return new InvalidInputException(
        source
            + ": "
            + (path.isEmpty() ? "the value" : quote(path.toString()))
            + " is "
            + parser.getText()
            + ", which is no number; write null where a value is missing");
  }

  private static String shorten(String text) {
    return text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) + "..." : text;
  }

  /** An escape such as \ud800 can name half a character, which no UTF-8 output can hold. */
  private static String unicode(String text, String source) {
    // A proper pair is one code point, so only unpaired surrogates show here.
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new InvalidInputException(
          source + ": a string holds an unpaired surrogate escape, which is not a character");
    }
    return text;
  }

  private static InvalidInputException malformed(
      String source, String text, JsonParser parser, String problem) {
    var at = parser.currentTokenLocation();
    return new InvalidInputException(
        malformedText(source, text, at.getLineNr(), at.getColumnNr(), problem));
  }

  private static String malformedText(
      String source, String text, int line, int column, String problem) {
    String where = text.indexOf('\n') >= 0 ? "line " + line + ", column " : "column ";
    return source + ": malformed JSON at " + where + column + ": " + problem;
  }

  /** The parser's message on one line, without its own notion of where and without its options. */
  private static String plain(String message) {
    String text =
        message
            .lines()
            .findFirst()
            .orElse("")
            .replaceAll("\\s*\\([^()]*\\[Source: .*?\\]\\)", "")
            .replaceAll(": enable `JsonReadFeature\\.\\w+` to allow", "")
            .replaceAll("\\s*\\(not recognized as one since [^()]*\\)", "");
    return text.strip();
  }

  private static void write(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName((String) entry.getKey());
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Iterable<?> items) {
      out.writeStartArray();
      for (Object item : items) {
        write(out, item);
      }
      out.writeEndArray();
    } else if (value instanceof CharSequence text) {
      out.writeString(text.toString());
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Number number) {
      write(out, number);
    } else {
      throw new IllegalArgumentException("not a JSON value: " + value.getClass().getName());
    }
  }

  private static void write(JsonGenerator out, Number number) throws IOException {
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new IllegalArgumentException("JSON has no " + number);
      }
      if (number instanceof Float) {
        out.writeNumber(number.floatValue());
      } else {
        out.writeNumber(number.doubleValue());
      }
    } else if (number instanceof BigInteger big) {
      out.writeNumber(big);
    } else if (number instanceof BigDecimal big) {
      out.writeNumber(big);
    } else {
      out.writeNumber(number.longValue());
    }
  }
}
