package io.fiddler.scale;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/// A pool that measures how long each connection is lent, which for the writer is the time of a
/// batch, and how long each COMMIT takes.
final class TimedPool extends DelegatingDataSource {
  private final Latencies batches;
  private final Latencies commits;

  TimedPool(DataSource pool, Latencies batches, Latencies commits) {
    super(pool);
    this.batches = batches;
    this.commits = commits;
  }

  @Override
  public Connection getConnection() throws SQLException {
    long begin = System.nanoTime();
    Connection connection = super.getConnection();
    return (Connection)
        Proxy.newProxyInstance(
            TimedPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> call(connection, begin, method, arguments));
  }

  private @Nullable Object call(
      Connection connection, long lent, Method method, Object @Nullable [] arguments)
      throws Throwable {
    long begin = System.nanoTime();
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (method.getName().equals("commit")) {
        commits.add(System.nanoTime() - begin);
      } else if (method.getName().equals("close")) {
        batches.add(System.nanoTime() - lent);
      }
    }
  }
}
