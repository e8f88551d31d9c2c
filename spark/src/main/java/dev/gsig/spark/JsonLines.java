package dev.gsig.spark;

import dev.gsig.ehr.CohortReader;
import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.spark.api.java.JavaNewHadoopRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Cohorts in JSON Lines, read as {@link CohortReader} reads them; but a line that cannot be used is
 * counted and left out. Explaining a patient takes far longer than reading it, so files are split
 * small: a failed task costs little, and a small cohort keeps all cores busy, too.
 */
final class JsonLines {
  private static final long SMALLEST_SPLIT = 1 << 16;
  private static final long LARGEST_SPLIT = 1 << 22;
  private static final int SPLITS_PER_CORE = 4;

  /** As {@link CohortReader} bounds a line. */
  private static final int MAX_LINE_BYTES = 16 << 20;

  private JsonLines() {}

  /**
   * The trajectories of files, in the order of their names.
   *
   * @param path what messages call them
   * @throws InvalidInputException if they are empty
   */
  static JavaRDD<Row> read(SparkSession spark, String path, CohortFiles files, Counters counters) {
    return read(
        spark,
        path,
        files,
        counters,
        (line, where) -> Trajectories.row(CohortReader.parse(line, where)));
  }

  /** Makes a row of a line. */
  interface Parser extends Serializable {
    /**
     * Reads a line.
     *
     * @param where what messages call it
     * @return the row; null for none
     * @throws InvalidInputException if it cannot be used
     */
    Row parse(byte[] line, String where);
  }

  /**
   * Rows of the lines of files, in the order of their names.
   *
   * @param path what messages call them
   * @param parser makes a row of a line
   * @throws InvalidInputException if they are empty
   */
  static JavaRDD<Row> read(
      SparkSession spark, String path, CohortFiles files, Counters counters, Parser parser) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try {
      Job job = Job.getInstance(context.hadoopConfiguration());
      if (files.bytes() == 0) {
        throw CohortFiles.empty(path);
      }
      long split = files.bytes() / ((long) SPLITS_PER_CORE * context.defaultParallelism());
      FileInputFormat.setInputPaths(job, files.paths());
      FileInputFormat.setMaxInputSplitSize(
          job, Math.max(SMALLEST_SPLIT, Math.min(split, LARGEST_SPLIT)));
      // A carriage return alone ends no line of JSON Lines.
      job.getConfiguration().set("textinputformat.record.delimiter", "\n");
      JavaNewHadoopRDD<LongWritable, Text> lines =
          (JavaNewHadoopRDD<LongWritable, Text>)
              context.newAPIHadoopRDD(
                  job.getConfiguration(), TextInputFormat.class, LongWritable.class, Text.class);
      return lines.mapPartitionsWithInputSplit(new Parse(counters, parser), true);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Parses the lines of a split. */
  private record Parse(Counters counters, Parser parser)
      implements Function2<InputSplit, Iterator<Tuple2<LongWritable, Text>>, Iterator<Row>> {
    @Override
    public Iterator<Row> call(InputSplit split, Iterator<Tuple2<LongWritable, Text>> lines) {
      String file = ((FileSplit) split).getPath().toUri().getPath();
      return new Present<>(
          unpacked(lines, file),
          line -> {
            Text text = line._2();
            String where = file + ", byte " + line._1().get();
            try {
              return text.toString().isBlank() ? null : parse(text, where);
            } catch (InvalidInputException e) {
              counters.rejected(where, e);
              return null;
            }
          });
    }

    /** A packed file that is cut short or damaged ends the job with a line that says so. */
    private static <T> Iterator<T> unpacked(Iterator<T> lines, String file) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          try {
            return lines.hasNext();
          } catch (Exception e) {
            // Scala declares no exceptions, so that this one cannot be caught by its name.
            if (e instanceof IOException) {
              throw new InvalidInputException(
                  file + ": cannot be read: " + e.getMessage() + "; fetch the file again", e);
            }
            throw e;
          }
        }

        @Override
        public T next() {
          return lines.next();
        }
      };
    }

    private Row parse(Text text, String where) {
      if (text.getLength() > MAX_LINE_BYTES) {
        throw new InvalidInputException(
            where + ": the line is longer than " + MAX_LINE_BYTES + " bytes");
      }
      return parser.parse(text.copyBytes(), where);
    }
  }
}
