package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer does with a module of their own, by the first lines of {@code docs/onnx.md}, word
 * for word: one command exports it, three more lead to a report. Needs PyTorch (python3-torch).
 */
@Tag("process")
@Tag("torch")
class NewcomerTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String EXPORT = "tools/export_torch.py";

  private static final String MODULE =
      """
      import numpy as np
      import torch
      from torch import nn


      class Classifier(nn.Module):
          def __init__(self):
              super().__init__()
              torch.manual_seed(5)
              layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
              self.codes, self.encoder = nn.Embedding(12, 8), nn.TransformerEncoder(layer, 1)
              self.head = nn.Linear(8, 1)

          def forward(self, input_ids, attention_mask):
              real = attention_mask == 1
              x = self.encoder(self.codes(input_ids), src_key_padding_mask=~real)
              real = real.unsqueeze(-1).to(x.dtype)
              return self.head((x * real).sum(1) / real.sum(1))


      def make_model():
          return Classifier()


      if __name__ == "__main__":
          ids = np.array([[1, 4, 5, 2, 7, 2], [1, 9, 2, 0, 0, 0]])
          np.savez("inputs.npz", input_ids=ids, attention_mask=(ids != 0).astype(np.int64))
      """;

  @TempDir Path folder;

  /** The first python3 on the PATH that has PyTorch; null if none has. */
  private static String python() throws IOException, InterruptedException {
    for (String place : System.getenv("PATH").split(File.pathSeparator)) {
      Path python = Path.of(place, "python3");
      if (Files.isExecutable(python)
          && run(Path.of("."), List.of(python.toString(), "-c", "import torch")).isEmpty()) {
        return python.toString();
      }
    }
    return null;
  }

  /** What a program that fails says; empty if it succeeds. */
  private static String run(Path in, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? "" : said + "exit code " + process.exitValue();
  }

  /** The commands of the page's first block; a line that ends with a backslash goes on. */
  private static List<List<String>> commands() throws IOException {
    String page = Files.readString(ROOT.resolve("docs").resolve("onnx.md"));
    return page.split("```")[1]
        .strip()
        .replace("\\\n", " ")
        .lines()
        .map(line -> List.of(line.strip().split("\\s+")))
        .toList();
  }

  /** An argument as it is, but for the files, which lie in the test's folder. */
  private Object argument(String word) {
    boolean isFile = !word.startsWith("--") && !word.contains("=");
    return isFile ? folder.resolve(word) : word;
  }

  private void files(String python) throws IOException, InterruptedException {
    Path graph = ROOT.resolve("gsig/src/test/resources/graphs/fixed");
    for (String file : List.of("vocab.json", "validation.jsonl", "cohort.jsonl")) {
      Files.copy(graph.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("my_model.py"), MODULE);
    assertThat(run(folder, List.of(python, "my_model.py"))).isEmpty();
  }

  @Test
  void fromAModuleToAReportByThePage() throws IOException, InterruptedException {
    List<List<String>> commands = commands();
    assertThat(commands).hasSize(4); // the export, and three more
    assertThat(commands.get(0)).startsWith("python3", EXPORT, "--onnx");
    assertThat(commands.subList(1, 4)).allMatch(command -> command.get(0).equals("gsig"));
    String python = python();
    assumeTrue(python != null, "no python3 on the PATH has PyTorch: nothing is exported");
    files(python);
    List<String> export = new ArrayList<>(commands.get(0));
    export.set(0, python);
    export.set(1, ROOT.resolve(EXPORT).toString());
    assertThat(run(folder, export)).isEmpty();
    for (List<String> command : commands.subList(1, 4)) {
      String name = command.get(1);
      Stream<Object> options = command.stream().skip(2).map(this::argument);
      Cli.succeeds(Stream.concat(Stream.of(name), options).toArray());
    }
    assertThat(Arrays.asList(folder.toFile().list())).contains("my-model", "results.jsonl");
    assertThat(ReportData.unpacked(folder.resolve("report.html"), "patients")).contains("\"p0\"");
    assertThat(Files.readAllLines(folder.resolve("results.jsonl"))).hasSize(3);
  }
}
