package io.fiddler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Entry point.
@SpringBootApplication
public class Main {
  /// Starts the service.
  public static void main(String[] args) {
    SpringApplication.run(Main.class, args);
  }
}
