package dev.gsig.examples;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.service.ExplanationService;
import dev.gsig.service.ServiceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The service of {@code gsig serve} inside a program of your own, for this machine only:
 *
 * <pre>
 * java -cp ... dev.gsig.examples.EmbeddedService MODEL_DIR [PORT]
 * curl --data-binary @cohort.jsonl http://127.0.0.1:PORT/explain
 * </pre>
 */
public final class EmbeddedService {
  private EmbeddedService() {}

  /**
   * Serves until the process is stopped.
   *
   * @param args model folder with its baseline, and the port (default: any that is free)
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: EmbeddedService MODEL_DIR [PORT]");
      System.exit(2);
    }
    try {
      int port = args.length == 2 ? Integer.parseInt(args[1]) : 0;
      ServiceOptions options = ServiceOptions.local(Map.of("model", Path.of(args[0])));
      ExplanationService service = ExplanationService.start(options.toBuilder().port(port).build());
      Runtime.getRuntime().addShutdownHook(new Thread(service::close));
      System.out.println("listening on " + service.address());
    } catch (InvalidInputException | NumberFormatException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }
}
