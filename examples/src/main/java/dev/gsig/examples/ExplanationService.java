package dev.gsig.examples;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.AttributionJson;
import dev.gsig.attribution.Baseline;
import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.Explainer;
import dev.gsig.attribution.Model;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.evaluation.Change;
import dev.gsig.attribution.evaluation.RemovalRules;
import dev.gsig.attribution.evaluation.WhatIf;
import dev.gsig.attribution.evaluation.WhatIfJson;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Explains trajectories over HTTP, on the JDK's own server:
 *
 * <pre>
 * java -cp ... dev.gsig.examples.ExplanationService MODEL_DIR [PORT]
 * curl --data-binary @cohort.jsonl http://127.0.0.1:PORT/explain
 * </pre>
 *
 * <p>{@code POST /explain} takes patients in JSON Lines and answers with one line of attributions
 * for each, as {@code gsig explain} writes them, or with an error for all of them: what is wrong
 * with a request is its sender's to know (400, 413), what is wrong with the service is not (500,
 * and the log has it). {@code POST /explain?without=CODE,...&with=NAME=VALUE} asks besides what the
 * model says of each record without a code, or with another value, which the lines have under
 * {@code what_if}. {@code GET /health} names the model, and {@code GET /} is a page that asks all
 * this of one patient.
 *
 * <p>Whoever sends slowly, or half a request, holds a thread that waits, for {@value
 * #MAX_REQUEST_SECONDS} seconds at most, and none that computes. As many requests are computed at a
 * time as there are processors, and {@value #WAITING_PER_THREAD} wait for each; all others are told
 * at once to come again (503), as are those who send while {@value #MAX_READING} others are
 * sending.
 *
 * <p>The service listens on the loopback interface only, and logs nothing about patients:
 * encryption, access and audit are for what stands in front of it.
 */
public final class ExplanationService implements AutoCloseable {
  /** The most bytes that a request may have. */
  static final int MAX_BODY_BYTES = 1 << 20;

  /** The most patients that a request may have. */
  static final int MAX_PATIENTS = 100;

  /** Seconds that a request may take to arrive. */
  static final int MAX_REQUEST_SECONDS = 30;

  /** Requests whose bodies are read at the same time: each takes memory. */
  static final int MAX_READING = 64;

  /** Requests that wait for each thread that computes. */
  static final int WAITING_PER_THREAD = 4;

  /**
   * Contributions that add up, to 1% of the difference to the mean of the validation patients in a
   * record of the same length: the same numbers as on the page of {@code gsig demo}.
   */
  static final ExplainOptions OPTIONS =
      ExplainOptions.DEFAULT.toBuilder()
          .method(PathMethods.IG)
          .tolerance(0.01)
          .baselines(SequenceBaselines.MANIFOLD_MEAN_UNPADDED, TabularBaselines.MEAN)
          .build();

  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final System.Logger LOG = System.getLogger(ExplanationService.class.getName());

  private final HttpServer server;

  /** They wait for the network, and for workers. */
  private final ExecutorService connections = Executors.newCachedThreadPool();

  private final Semaphore reading = new Semaphore(MAX_READING);
  private final ThreadPoolExecutor workers;
  private final Model model;
  private final Explainer explainer;
  private final WhatIf whatIf;
  private final AttributionJson json;
  private final WhatIfJson whatIfJson;
  private final String words;
  private final Map<String, String> health = new LinkedHashMap<>();

  private ExplanationService(Model model, Explainer explainer, int port, int threads)
      throws IOException {
    this.model = model;
    this.explainer = explainer;
    whatIf = WhatIf.of(model, explainer, RemovalRules.DELETE);
    json = new AttributionJson(model.significantDigits());
    whatIfJson = new WhatIfJson(model.significantDigits());
    words = ServicePage.words(model);
    health.put("status", "ok");
    health.put("weights_sha256", model.weightsSha256());
    health.put("backend", model.backendDescription());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_PER_THREAD * threads));
    server.setExecutor(connections);
    server.createContext("/", answering(this::route));
    server.start();
  }

  /**
   * Starts the service.
   *
   * @param explainer shared by all requests
   * @param port 0 for any that is free
   * @param threads how many requests are computed at a time
   * @throws IOException if the port cannot be had
   */
  static ExplanationService start(Model model, Explainer explainer, int port, int threads)
      throws IOException {
    return new ExplanationService(model, explainer, port, threads);
  }

  /**
   * Serves until the process is stopped.
   *
   * @param args model folder with its baseline, and the port (default 8080)
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: ExplanationService MODEL_DIR [PORT]");
      System.exit(2);
    }
    // Of the JDK's server: nobody may hold a thread with a request that never ends.
    System.setProperty("sun.net.httpserver.maxReqTime", String.valueOf(MAX_REQUEST_SECONDS));
    System.setProperty("sun.net.httpserver.maxRspTime", "120");
    try {
      Path folder = Path.of(args[0]);
      Model model = Model.load(folder);
      Baseline baseline = Baseline.load(folder.resolve(Baseline.FILE_NAME));
      Explainer explainer = Explainer.of(model, baseline, OPTIONS);
      // Or the first requests would wait for the JIT compiler.
      explainer.warmUp(WARM_UP, new AttributionJson(model.significantDigits())::write);
      int port = args.length == 2 ? Integer.parseInt(args[1]) : 8080;
      int threads = Runtime.getRuntime().availableProcessors();
      ExplanationService service = start(model, explainer, port, threads);
      Runtime.getRuntime().addShutdownHook(new Thread(service::close));
      System.out.println("listening on " + service.address());
    } catch (InvalidInputException | NumberFormatException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** Where it listens, for example {@code http://127.0.0.1:8080}. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Takes no more requests, and gives those in work a second. */
  @Override
  public void close() {
    server.stop(1);
    workers.shutdown();
    connections.shutdown();
  }

  /** The threads that compute. */
  ThreadPoolExecutor workers() {
    return workers;
  }

  /** How many more bodies may be read at the same time. */
  int freeToRead() {
    return reading.availablePermits();
  }

  private Answer route(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String wanted =
        ServicePage.has(path)
            ? "GET"
            : Map.of("/explain", "POST", "/health", "GET", "/words", "GET").get(path);
    if (wanted == null) {
      return Answer.error(404, "there is no " + path + "; POST trajectories to /explain");
    }
    if (!exchange.getRequestMethod().equals(wanted)) {
      exchange.getResponseHeaders().set("Allow", wanted);
      return Answer.error(405, path + " takes " + wanted);
    }
    if (ServicePage.has(path)) {
      exchange.getResponseHeaders().set("Content-Security-Policy", ServicePage.POLICY);
      return new Answer(200, ServicePage.type(path), ServicePage.text(path));
    }
    return switch (path) {
      case "/health" -> Answer.json(200, health);
      case "/words" -> new Answer(200, "application/json", words);
      default -> explain(exchange);
    };
  }

  private Answer explain(HttpExchange exchange) throws IOException {
    List<Change> changes;
    try {
      changes = Asked.of(exchange.getRequestURI().getRawQuery(), model);
    } catch (InvalidInputException e) {
      return Answer.error(400, e.getMessage());
    }
    if (!reading.tryAcquire()) {
      return busy(exchange);
    }
    byte[] body;
    try {
      body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    } finally {
      reading.release();
    }
    if (body.length > MAX_BODY_BYTES) {
      // What is left of it is not read: the connection ends with the answer.
      exchange.getResponseHeaders().set("Connection", "close");
      return Answer.error(
          413, "the request is longer than " + MAX_BODY_BYTES + " bytes; send fewer patients");
    }
    Future<Answer> answer;
    try {
      answer = workers.submit(() -> explain(body, changes));
    } catch (RejectedExecutionException e) {
      return busy(exchange);
    }
    return result(answer);
  }

  private static Answer busy(HttpExchange exchange) {
    exchange.getResponseHeaders().set("Retry-After", "1");
    exchange.getResponseHeaders().set("Connection", "close");
    return Answer.error(503, "too many requests at the same time; come again");
  }

  private static Answer result(Future<Answer> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Answer explain(byte[] body, List<Change> changes) {
    try (CohortReader reader = CohortReader.of(new ByteArrayInputStream(body), "the request")) {
      List<Trajectory> patients = reader.all();
      if (patients.size() > MAX_PATIENTS) {
        return Answer.error(
            413, "the request has " + patients.size() + " patients; send at most " + MAX_PATIENTS);
      }
      UnknownCodes codes = new UnknownCodes(model.vocabulary(), model.tokenizer().specialTokens());
      patients.forEach(codes::add);
      codes.requireFew("the request");
      StringBuilder lines = new StringBuilder();
      for (Trajectory patient : patients) {
        Attribution why = explainer.explain(patient, share());
        List<WhatIf.Answer> answers = whatIf.answers(patient, why, changes);
        lines.append(whatIfJson.write(json, why, answers)).append('\n');
      }
      return new Answer(200, "application/x-ndjson", lines.toString());
    } catch (InvalidInputException e) {
      return Answer.error(400, e.getMessage());
    }
  }

  /** A request's share of the threads: one who is alone is answered sooner. */
  private int share() {
    return Math.max(1, workers.getMaximumPoolSize() / Math.max(1, workers.getActiveCount()));
  }

  /** What a request is answered with. */
  private record Answer(int status, String type, String text) {
    static Answer json(int status, Map<String, String> values) {
      String members =
          values.entrySet().stream()
              .map(e -> quote(e.getKey()) + ":" + quote(e.getValue()))
              .collect(Collectors.joining(","));
      return new Answer(status, "application/json", "{" + members + "}\n");
    }

    private static String quote(String text) {
      return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    static Answer error(int status, String message) {
      return json(status, Map.of("error", message));
    }
  }

  private interface Route {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  /** Sends what a route answers; a fault stays here, and its sender learns only that it was. */
  private static HttpHandler answering(Route route) {
    return exchange -> {
      try (exchange) {
        Answer answer;
        try {
          answer = route.answer(exchange);
        } catch (RuntimeException | Error e) {
          LOG.log(System.Logger.Level.ERROR, "a request failed", e);
          answer = Answer.error(500, "the service failed; its log says why");
        }
        byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    };
  }
}
