package dev.gsig.cli;

import dev.gsig.attribution.Driver;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.AtomicFile;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import dev.gsig.ehr.internal.LineSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes results as one HTML file that needs nothing else. The template, the style sheet and the
 * scripts are resources beside this class. What the cohort's page needs ({@link ReportCohort}) is
 * apart from the patients' details ({@link ReportDetails}), which the page unpacks, {@value #CHUNK}
 * patients at a time, when one of them is looked at; both are packed with gzip, as base64. Results
 * are read once, line by line: memory holds {@value #CHUNK} of them, those with a page packed, and
 * what {@link ReportCohort} keeps.
 *
 * <p>Text from data is never markup: inside the page's data {@code <}, {@code >} and {@code &} are
 * written as JSON escapes, and the scripts only ever set text. The page's content security policy
 * allows its own style and script, by their hashes, and nothing else: no request can leave it.
 */
final class HtmlReport {
  /** The most patients that get a page of their own unless asked otherwise. */
  static final int MAX_PAGES = 10_000;

  /** Patients whose details are packed together: more pack better, and take longer to unpack. */
  static final int CHUNK = 32;

  private static final String RESOURCES = "/dev/gsig/cli/report/";
  private static final List<String> SCRIPTS =
      List.of(
          "dom.js",
          "format.js",
          "data.js",
          "charts.js",
          "risks.js",
          "swarm.js",
          "method.js",
          "cohort.js",
          "drivers.js",
          "head.js",
          "waterfall.js",
          "whatif.js",
          "lanes.js",
          "visits.js",
          "patient.js",
          "app.js");
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private final LineSource lines;
  private final Path results;
  private final ReportModel model;
  private final Outcomes outcomes;
  private final String method;
  private final GroupChoice groups;
  private final int maxPages;

  private HtmlReport(
      LineSource lines,
      Path results,
      ReportModel model,
      Outcomes outcomes,
      String method,
      GroupChoice groups,
      int maxPages) {
    this.lines = lines;
    this.results = results;
    this.model = model;
    this.outcomes = outcomes;
    this.method = method;
    this.groups = groups;
    this.maxPages = maxPages;
  }

  /**
   * Writes a report; what was there before is replaced once it is complete.
   *
   * @param results what {@code explain} wrote; its side file is used if it is there
   * @param model what is known of the model
   * @param outcomes what became of the patients
   * @param maxPages how many patients, the first ones, get a page of their own; the cohort's
   *     figures are of all
   * @param file the report
   * @return how many patients there are
   * @throws InvalidInputException if the results cannot be read, are no results or are empty, or
   *     the file cannot be written
   */
  static int write(Path results, ReportModel model, Outcomes outcomes, int maxPages, Path file) {
    return write(LineSource.open(results), results, model, outcomes, null, null, maxPages, file);
  }

  /**
   * Writes a report of results from anywhere; what was there before is replaced once it is
   * complete.
   *
   * @param lines what {@code explain} wrote; closed
   * @param results names its side file, which is used if it is there
   * @param model what is known of the model
   * @param outcomes what became of the patients
   * @param method whose attributions are shown first; null for the first that add up
   * @param groups by which codes are summed up, in place of those that results have; may be null
   * @param maxPages how many patients, the first ones, get a page of their own; the cohort's
   *     figures are of all
   * @param file the report
   * @return how many patients there are
   * @throws InvalidInputException if the results cannot be read, are no results or are empty, or
   *     the file cannot be written
   */
  static int write(
      LineSource lines,
      Path results,
      ReportModel model,
      Outcomes outcomes,
      String method,
      GroupChoice groups,
      int maxPages,
      Path file) {
    return new HtmlReport(lines, results, model, outcomes, method, groups, maxPages).write(file);
  }

  /**
   * The page of one patient.
   *
   * @param line the result, a line as {@code explain} writes it
   * @param model what is known of the model
   * @return HTML that needs nothing else
   */
  static String page(String line, ReportModel model) {
    byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
    LineSource lines = new LineSource(new ByteArrayInputStream(utf8), "the explanation");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new HtmlReport(lines, null, model, new Outcomes(), null, null, 1)
          .write(out, new ReportCohort(model.descriptions()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /**
   * Finds what would keep a report from being written, before any work is done.
   *
   * @param file where the report is to go
   * @throws InvalidInputException if it is there and is no report, or evidently cannot be written
   */
  static void requireWritable(Path file) {
    ResultFile.requireWritable(file);
    Kinds.REPORT.requireReplaceable(file);
  }

  /** What every report begins with. */
  static String beginning() {
    String template = resource("report.html");
    return template.substring(0, template.indexOf("-->"));
  }

  private int write(Path file) {
    ReportCohort cohort = new ReportCohort(model.descriptions());
    AtomicFile.write(file, out -> write(out, cohort));
    return cohort.patients();
  }

  private void write(OutputStream stream, ReportCohort cohort) throws IOException {
    String style = resource("report.css");
    StringBuilder script = new StringBuilder("'use strict';\n");
    SCRIPTS.forEach(name -> script.append(resource(name)));
    String template = resource("report.html");
    // The cohort, which is their sum, stands before them.
    String patients = packedPatients(cohort);
    Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
    Matcher place = PLACE.matcher(template);
    int end = 0;
    while (place.find()) {
      out.write(template, end, place.start() - end);
      end = place.end();
      switch (place.group(1)) {
        case "policy" -> out.write(policy(style, script.toString()));
        case "style" -> out.write(style);
        case "script" -> out.write(script.toString());
        case "patients" -> out.write(patients);
        case "cohort" -> out.write(packed(Json.write(cohort.json())));
        case "run" -> out.write(harmless(Json.write(run())));
        default -> throw new IllegalStateException("unknown place " + place.group());
      }
    }
    out.write(template, end, template.length() - end);
    out.flush();
  }

  /** A line for every {@value #CHUNK} patients. */
  private String packedPatients(ReportCohort cohort) throws IOException {
    StringBuilder packed = new StringBuilder();
    List<String> chunk = new ArrayList<>();
    ReportResult.forEach(
        lines,
        method,
        result -> {
          boolean page = cohort.patients() < maxPages;
          Object outcome = outcomes.of(result);
          Map<String, Object> shown = shown(result);
          cohort.add(result, outcome, groupsOf(shown), page);
          if (page) {
            shown.put("outcome", outcome);
            chunk.add(Json.write(ReportDetails.of(shown)));
          }
          if (chunk.size() == CHUNK) {
            pack(chunk, packed);
          }
        });
    pack(chunk, packed);
    outcomes.requireUsed(results);
    return packed.toString();
  }

  private static void pack(List<String> chunk, StringBuilder packed) {
    if (!chunk.isEmpty()) {
      packed.append(packed(String.join("\n", chunk))).append('\n');
      chunk.clear();
    }
  }

  private Map<String, Object> shown(ReportResult result) {
    return groups == null ? result.line().toMap() : groups.addTo(result.line());
  }

  /** What groups of codes contribute; one without a name is none. */
  private static List<Driver> groupsOf(Map<String, Object> result) {
    List<Driver> drivers = new ArrayList<>();
    if (result.get("groups") instanceof List<?> groups) {
      for (Object each : groups) {
        Map<?, ?> group = (Map<?, ?>) each;
        if (group.get("group") instanceof String name) {
          double signed = ((Number) group.get("signed")).doubleValue();
          drivers.add(
              new Driver(name, true, ((Number) group.get("codes")).intValue(), null, signed));
        }
      }
    }
    return drivers;
  }

  /** What the page says of how the results were made. */
  private Map<String, Object> run() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("chunk", CHUNK);
    json.put("labels", model.labels() == null ? null : model.labels().count());
    json.put("classes", model.labels() == null ? List.of() : model.labels().names());
    json.put("trained_on", model.trainedOn());
    json.put("display", model.display().json());
    Map<String, Object> titles = new LinkedHashMap<>();
    PathMethods.named().forEach(named -> titles.put(named.label(), named.title()));
    json.put("titles", titles);
    Path side = results == null ? null : Provenance.find(results);
    if (side != null && Files.exists(side)) {
      JsonObject provenance = Json.read(side);
      for (String key : List.of("engine", "model", "cohort", "inputs", "finished")) {
        json.put(key, provenance.raw(key));
      }
    }
    return json;
  }

  private static String policy(String style, String script) {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '"
        + hash(style)
        + "'; script-src '"
        + hash(script)
        + "'";
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** Text packed with gzip, as base64, in which nothing can end or begin an element. */
  static String packed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.BEST_COMPRESSION);
          }
        }) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** JSON in which nothing can end or begin an element; these characters occur only in strings. */
  private static String harmless(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCES + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
