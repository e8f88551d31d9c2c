package dev.gsig.service;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.gsig.attribution.Model;
import dev.gsig.ehr.Display;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * The service's page, the description of its paths, and the words in which it speaks of a model.
 */
final class ServicePage {
  /** What a browser may do with the page: load these files, and ask this service. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> TYPES =
      Map.of(
          "/", "text/html; charset=utf-8",
          "/page.js", "text/javascript; charset=utf-8",
          "/page.css", "text/css; charset=utf-8",
          "/openapi.json", "application/json");

  private ServicePage() {}

  /** Its files. */
  static Set<String> paths() {
    return TYPES.keySet();
  }

  /** One of its files. */
  static Answer answer(String path) {
    String name = path.equals("/") ? "page.html" : path.substring(1);
    try (InputStream in = ServicePage.class.getResourceAsStream(name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Answer.text(TYPES.get(path), text).with("Content-Security-Policy", POLICY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What is predicted, and what codes and tabular values are called, in JSON: {@code outcome} and
   * whether probabilities are {@code calibrated} (null if it is not told), {@code codes} and {@code
   * features}, by name.
   */
  static String words(Model model) {
    Display display = Display.in(model.folder());
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("outcome", display.outcome());
      json.writeFieldName("calibrated");
      if (display.calibrated() == null) {
        json.writeNull();
      } else {
        json.writeBoolean(display.calibrated());
      }
      json.writeObjectFieldStart("codes");
      for (String code : model.vocabulary().codes()) {
        json.writeStringField(code, model.descriptions().of(code));
      }
      json.writeEndObject();
      json.writeObjectFieldStart("features");
      for (String name : model.featureNames()) {
        Display.Feature feature = display.tabular().get(name);
        json.writeObjectFieldStart(name);
        json.writeStringField(
            "name", feature == null || feature.name() == null ? name : feature.name());
        json.writeStringField("unit", feature == null ? null : feature.unit());
        json.writeObjectFieldStart("values");
        if (feature != null) {
          for (Map.Entry<String, String> value : feature.values().entrySet()) {
            json.writeStringField(value.getKey(), value.getValue());
          }
        }
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
