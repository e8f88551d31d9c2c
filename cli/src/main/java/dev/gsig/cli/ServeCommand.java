package dev.gsig.cli;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.service.ExplanationService;
import dev.gsig.service.Limits;
import dev.gsig.service.ModelSource;
import dev.gsig.service.ServiceOptions;
import dev.gsig.service.Tls;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gsig serve}: explanations over HTTP. */
@Command(
    name = "serve",
    header = "Explain patients over HTTP",
    customSynopsis = "gsig serve --model DIR [--port N] [OPTIONS]",
    description = {
      "Explains patients that are sent to it, until it is stopped: contributions that add up, to the"
          + " mean of the validation patients in a record of the same length. POST /explain takes"
          + " patients in JSON Lines; GET /openapi.json describes all paths, and GET / is a page"
          + " that asks of one patient. A line of JSON for each request goes to standard error, and"
          + " tells nothing about patients.",
      "Others than this machine reach it only where --host says so, and then a token and TLS are"
          + " asked for."
    },
    footer = {
      "gsig serve --model demo/model --port 8080",
      "# in another shell",
      "head -1 demo/test.jsonl | curl --data-binary @- http://127.0.0.1:8080/explain"
    })
final class ServeCommand implements Callable<Integer> {
  /** Where the password of the key store may stand. */
  static final String PASSWORD = "GSIG_KEYSTORE_PASSWORD";

  /** The word for codes as they stand, in the place of a cohort. */
  private static final String WHOLE = "whole";

  private static final int SHORTEST_TOKEN = 16;

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description =
          "model folder with its baseline, what gsig baseline made; as often as wanted: requests name"
              + " a model by its folder's name where there are several")
  private List<Path> models;

  @Option(
      names = "--fhir",
      paramLabel = "COHORT",
      description =
          "folder of the cohort that the model was trained on: Bundles of FHIR are read as it was, by"
              + " its cohort-report.json, display.json and bins.json; or the word whole, for codes as"
              + " they stand, without values and measurements; once for each --model; default:"
              + " Bundles are refused")
  private List<String> fhir = List.of();

  @Option(
      names = "--cds-threshold",
      paramLabel = "RISK",
      description =
          "answer CDS Hooks (patient-view) with a card from this risk on, 0 to 1; needs --fhir;"
              + " default: no such service")
  private Double cdsThreshold;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = "with which links on cards begin; default: where it listens")
  private String publicUrl;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = ServiceOptions.LOOPBACK,
      description = "where it listens; default: 127.0.0.1, for this machine only")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "0 for any that is free; default: 8080")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "file with one line, a secret of at least 16 characters, that every request must bring as"
              + " Authorization: Bearer SECRET; default: none is asked for")
  private Path tokenFile;

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description =
          "key store (PKCS#12 or JKS) with the key and the certificates for HTTPS; its password comes"
              + " from the variable GSIG_KEYSTORE_PASSWORD, or is asked for; default: plain HTTP")
  private Path keystore;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "requests that are computed at a time; default: the number of processors")
  private Integer threads;

  @Option(
      names = "--max-patients",
      paramLabel = "N",
      defaultValue = "100",
      description = "the most patients in a request; default: 100")
  private int maxPatients;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      defaultValue = "1048576",
      description = "the most bytes in a request; default: 1048576")
  private int maxBytes;

  @Option(
      names = "--max-seconds",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "how long a request may take to arrive, and then to be computed, waiting included;"
              + " default: 30")
  private int maxSeconds;

  @Option(
      names = "--audit-log",
      paramLabel = "FILE",
      description =
          "file to which a line of JSON for each request is added: when, from where, which model and"
              + " weights, how many patients, and how it ended; nothing about them; default: none")
  private Path auditLog;

  @Option(
      names = "--audit-subjects",
      description = "name the patients in --audit-log, too: it then is a file about patients")
  private boolean auditSubjects;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (auditSubjects && auditLog == null) {
      throw wrong("--audit-subjects is for --audit-log; leave it out");
    }
    LongRun.begins(); // the first request must not wait for the compiler
    try (BufferedWriter audit = auditLog == null ? null : audit()) {
      ExplanationService service = start(options(audit == null ? null : lines(audit)));
      Runtime.getRuntime().addShutdownHook(new Thread(service::close));
      terminal.print("listening on " + service.address());
      terminal.flush();
      try (service) {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // told to stop
      }
    }
    return 0;
  }

  private ExplanationService start(ServiceOptions options) {
    try {
      return ExplanationService.start(options);
    } catch (IOException e) {
      throw new InvalidInputException(
          "cannot listen on "
              + host
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "); choose another --port",
          e);
    }
  }

  private ServiceOptions options(Consumer<String> audit) {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    require("--threads", workers, 1, 1 << 10);
    require("--port", port, 0, 65535);
    require("--max-patients", maxPatients, 1, 1 << 20);
    require("--max-bytes", maxBytes, 1, 1 << 30);
    require("--max-seconds", maxSeconds, 1, 86_400);
    return ServiceOptions.builder(sources())
        .host(host)
        .port(port)
        .tls(keystore == null ? null : Tls.of(keystore, password()))
        .token(tokenFile == null ? null : token())
        .threads(workers)
        .limits(
            new Limits(
                maxBytes,
                maxPatients,
                maxSeconds,
                Limits.DEFAULT.reading(),
                Limits.DEFAULT.waitingPerThread()))
        .page((line, model) -> HtmlReport.page(line, ReportModel.of(model)))
        .cdsThreshold(cdsThreshold)
        .publicAddress(publicUrl)
        .log(terminal::inform)
        .audit(audit, auditSubjects)
        .build();
  }

  /** The models by their folders' names. */
  private Map<String, ModelSource> sources() {
    if (!fhir.isEmpty() && fhir.size() != models.size()) {
      throw wrong(
          "--fhir goes with --model, one for each, but there are "
              + fhir.size()
              + " and "
              + models.size());
    }
    if (cdsThreshold != null && fhir.isEmpty()) {
      throw wrong("--cds-threshold is for --fhir; leave it out");
    }
    if (cdsThreshold != null && !(cdsThreshold >= 0 && cdsThreshold <= 1)) {
      throw wrong("--cds-threshold must be from 0 to 1, but is " + cdsThreshold);
    }
    Map<String, ModelSource> all = new LinkedHashMap<>();
    for (int i = 0; i < models.size(); i++) {
      Path folder = models.get(i);
      Path name = folder.toAbsolutePath().normalize().getFileName();
      FhirOptions options = fhir.isEmpty() ? null : options(fhir.get(i));
      ModelSource other = all.put(String.valueOf(name), new ModelSource(folder, options));
      if (other != null) {
        throw wrong(
            "--model "
                + folder
                + " and "
                + other.folder()
                + " have one name; rename one of the folders");
      }
    }
    return all;
  }

  private static FhirOptions options(String cohort) {
    return cohort.equals(WHOLE) ? FhirOptions.DEFAULT : FhirOptions.ofCohort(Path.of(cohort), null);
  }

  private String token() {
    String token;
    try {
      token = Files.readString(tokenFile).strip();
    } catch (IOException e) {
      throw InvalidInputException.reading(tokenFile, e);
    }
    if (token.length() < SHORTEST_TOKEN || token.chars().anyMatch(Character::isWhitespace)) {
      throw new InvalidInputException(
          tokenFile
              + ": must hold one secret of at least "
              + SHORTEST_TOKEN
              + " characters, without spaces, for example of 'openssl rand -hex 32'");
    }
    return token;
  }

  private char[] password() {
    char[] password = Password.of(PASSWORD, keystore.toString());
    if (password == null) {
      throw wrong("--tls-keystore needs its password in the variable " + PASSWORD);
    }
    return password;
  }

  /** Opens the audit log behind what is there, if that is one. */
  private BufferedWriter audit() {
    try {
      if (Files.exists(auditLog)) {
        try (BufferedReader there = Files.newBufferedReader(auditLog)) {
          String line = there.readLine();
          if (line != null && !line.startsWith("{\"time\":\"")) {
            throw new InvalidInputException(
                auditLog + ": exists and is no audit log of gsig; name another file");
          }
        }
      }
      return Files.newBufferedWriter(
          auditLog, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw InvalidInputException.writing(auditLog, e);
    }
  }

  /** Each line is on the disk's way before the next request is answered. */
  private static Consumer<String> lines(BufferedWriter audit) {
    return line -> {
      synchronized (audit) {
        try {
          audit.write(line + "\n");
          audit.flush();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    };
  }

  private void require(String option, int value, int smallest, int largest) {
    if (value < smallest || value > largest) {
      throw wrong(option + " must be from " + smallest + " to " + largest + ", but is " + value);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
