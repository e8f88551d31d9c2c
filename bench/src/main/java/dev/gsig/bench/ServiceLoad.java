package dev.gsig.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a service that {@code gsig serve} started for explanations, and compares every answer with
 * what {@code gsig explain} wrote:
 *
 * <pre>
 * ServiceLoad PORT COHORT RESULTS closed CONNECTIONS SECONDS
 * ServiceLoad PORT COHORT RESULTS open RATE SECONDS
 * </pre>
 *
 * <p>{@code closed}: each connection asks again as soon as it is answered. {@code open}: a request
 * is due every 1/RATE seconds, whether those before are answered or not; its time counts from when
 * it was due. Prints one line: answers, refusals (503), wrong ones, lost connections, answers a
 * second, and times in milliseconds. Over plain sockets, for the client must not take the cores.
 */
public final class ServiceLoad {
  private static final int OPEN_CONNECTIONS = 32;
  private static final long RETRY_NANOS = 10_000_000;

  private final int port;
  private final List<byte[]> requests = new ArrayList<>();
  private final List<byte[]> expected = new ArrayList<>();
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final List<long[]> times = new ArrayList<>();

  private ServiceLoad(int port, Path cohort, Path results) throws IOException {
    this.port = port;
    for (String patient : Files.readAllLines(cohort)) {
      byte[] body = patient.getBytes(StandardCharsets.UTF_8);
      String head =
          "POST /explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.write(head.getBytes(StandardCharsets.US_ASCII));
      request.write(body);
      requests.add(request.toByteArray());
    }
    for (String line : Files.readAllLines(results)) {
      expected.add((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    if (requests.size() != expected.size()) {
      throw new IllegalArgumentException(
          requests.size() + " patients, but " + expected.size() + " results");
    }
  }

  /**
   * Runs.
   *
   * @param args see above
   */
  public static void main(String[] args) throws Exception {
    ServiceLoad load =
        new ServiceLoad(Integer.parseInt(args[0]), Path.of(args[1]), Path.of(args[2]));
    boolean open = args[3].equals("open");
    double rate = open ? Double.parseDouble(args[4]) : 0;
    int connections = open ? OPEN_CONNECTIONS : Integer.parseInt(args[4]);
    double seconds = Double.parseDouble(args[5]);
    System.out.println(load.run(connections, rate, (long) (seconds * 1e9)));
  }

  /** One connection at a time. */
  private static final class Connection implements Closeable {
    private final Socket socket;
    private final InputStream in;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /** The body of an answer; null for 503. */
    byte[] ask(byte[] request) throws IOException {
      socket.getOutputStream().write(request);
      int status = 0;
      int length = -1;
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (status == 0) {
          status = Integer.parseInt(line.split(" ")[1]);
        } else if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException("half an answer");
      }
      return status == 503 ? null : body;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException();
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private String run(int connections, double rate, long nanos) throws InterruptedException {
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Thread thread = new Thread(() -> ask(start, rate, start + nanos));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - start) / 1e9;
    long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "%d answers, %d refused, %d wrong, %d lost; %.1f a second; ms: median %.1f, p99 %.1f, most"
            + " %.1f",
        all.length,
        refused.get(),
        wrong.get(),
        lost.get(),
        all.length / took,
        at(all, 0.5),
        at(all, 0.99),
        at(all, 1));
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
  }

  /** Asks until the end, again over a new connection where one was lost. */
  private void ask(long start, double rate, long end) {
    List<Long> took = new ArrayList<>();
    Connection connection = null;
    while (true) {
      long n = next.getAndIncrement();
      long due = rate == 0 ? System.nanoTime() : start + (long) (n / rate * 1e9);
      if (due >= end) {
        break;
      }
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      int patient = (int) (n % requests.size());
      try {
        if (connection == null) {
          connection = new Connection(port);
        }
        byte[] answer = connection.ask(requests.get(patient));
        if (answer == null) {
          refused.incrementAndGet();
          connection = closed(connection); // the service ends it, too
        } else {
          took.add(System.nanoTime() - due);
          if (!Arrays.equals(answer, expected.get(patient))) {
            wrong.incrementAndGet();
          }
        }
      } catch (IOException e) {
        lost.incrementAndGet();
        connection = closed(connection);
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    closed(connection);
    synchronized (times) {
      times.add(took.stream().mapToLong(Long::longValue).toArray());
    }
  }

  private static Connection closed(Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // it is gone
      }
    }
    return null;
  }
}
